using Google.Rpc;
using Grpc.Core;
using Xunit;
using Status = Google.Rpc.Status;

namespace Pool.Gateway.Tests;

/// <summary>
/// Asserts that a call is refused as documented, in both languages, and that no command wrote anything. What the actors
/// still owe each other from before, such as a waiting demand that a new offer has woken, may go on meanwhile.
/// </summary>
internal static class Refusals
{
    /// <param name="call">The call, with the headers that it is to send.</param>
    /// <param name="field">The field at fault; null where none is.</param>
    public static async Task Refuses(this TestPool pool, StatusCode code, string reason, string? field, Func<Metadata, Task> call)
    {
        var before = pool.Journal.Head;
        var chinese = await Refusal(call, "zh-CN,zh;q=0.9,en;q=0.5", code, reason, field);
        var english = await Refusal(call, "en-GB,en;q=0.9", code, reason, field);

        Assert.Contains(chinese, character => character is >= '\u4e00' and <= '\u9fff');
        Assert.DoesNotContain(english, character => character is >= '\u4e00' and <= '\u9fff');
        Assert.DoesNotContain(await pool.Journal.ReadAfter(before, int.MaxValue), entry => entry.CommandId is not null);
    }

    /// <summary>The reason for which a call is refused; null where it is not.</summary>
    public static async Task<string?> Of(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException refused)
        {
            return Detail<ErrorInfo>(refused.GetRpcStatus()!).Reason;
        }
    }

    private static async Task<string> Refusal(Func<Metadata, Task> call, string language, StatusCode code, string reason, string? field)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call(new Metadata { { "accept-language", language } }));
        Assert.Equal(code, refused.StatusCode);
        var status = refused.GetRpcStatus();
        Assert.NotNull(status);
        Assert.Equal((reason, "pool"), (Detail<ErrorInfo>(status).Reason, Detail<ErrorInfo>(status).Domain));
        if (field is not null)
        {
            Assert.Equal(field, Assert.Single(Detail<BadRequest>(status).FieldViolations).Field);
        }

        var message = Detail<LocalizedMessage>(status);
        Assert.Equal(language[..2], message.Locale[..2]);
        return message.Message;
    }

    private static T Detail<T>(Status status) where T : class, Google.Protobuf.IMessage<T>, new() =>
        status.GetDetail<T>() ?? throw new InvalidOperationException($"The status has no {typeof(T).Name}.");
}
