using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Gateway.Requests;
using Pool.Hosting;

namespace Pool.Gateway.Errors;

/// <summary>The one place where failures become statuses.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Answers.Trace(context);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw StatusOf(cause, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Answers.Trace(context);
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client has left; there is nobody to tell.
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw StatusOf(cause, context);
        }
    }

    private RpcException StatusOf(Exception cause, ServerCallContext context)
    {
        var refusal = cause switch
        {
            RefusedException refused => refused.Refusal,
            OperationCanceledException when context.CancellationToken.IsCancellationRequested => Refusal.Of(RefusalReason.DeadlineExceeded),
            _ when PassingFault.Is(cause) => Refusal.Of(RefusalReason.OutcomeUnknown),
            _ => null,
        };
        if (refusal is null)
        {
            PoolLog.CallFailed(log, context.Method, cause);
            return new RpcException(new Status(StatusCode.Internal, "The pool failed; the log says why."));
        }

        return RefusalStatus.Of(refusal, Languages.Of(context.GetHttpContext().Request)).ToRpcException();
    }
}
