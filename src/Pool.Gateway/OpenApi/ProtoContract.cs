using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Pool.Gateway.OpenApi;

/// <summary>The protos as they were written, comments included; the descriptors of the generated classes have none.</summary>
public static class ProtoContract
{
    // DescriptorSet.targets embeds it under this name.
    private const string Resource = "contract.binpb";

    /// <summary>Every service of the contract, in the order of its files.</summary>
    public static IReadOnlyList<ServiceDescriptor> Services()
    {
        using var stream = typeof(ProtoContract).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly was built without {Resource}.");
        var files = FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString());
        // Options that the registry does not name would stay unread bytes.
        var annotations = new ExtensionRegistry { AnnotationsExtensions.Http, FieldBehaviorExtensions.FieldBehavior };
        return [.. FileDescriptor.BuildFromByteStrings(files, annotations).SelectMany(file => file.Services)];
    }

    /// <summary>The comment above a declaration, without its slashes; null when there is none.</summary>
    internal static string? Comment(this DescriptorBase declared)
    {
        var lines = declared.Declaration?.LeadingComments.Split('\n').Select(line => line.Trim());
        return lines is null ? null : string.Join('\n', lines).Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>The last field of a dotted path such as <c>partner.name</c>.</summary>
    internal static FieldDescriptor Field(this MessageDescriptor message, string path)
    {
        var parts = path.Split('.', 2);
        var field = message.FindFieldByName(parts[0])
            ?? throw new InvalidOperationException($"{message.FullName} has no field {parts[0]}.");
        return parts.Length == 1 ? field : field.MessageType.Field(parts[1]);
    }

    internal static bool Behaves(this FieldDescriptor field, FieldBehavior behavior) =>
        field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(behavior) ?? false;
}
