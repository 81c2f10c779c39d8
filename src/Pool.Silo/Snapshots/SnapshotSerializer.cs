using Orleans.Serialization;
using Orleans.Storage;
using Pool.Hosting;

namespace Pool.Silo.Snapshots;

/// <summary>
/// Orleans' own binary format. What cannot be read (a damaged row, a shape of another version of the program) counts as
/// no snapshot: the actor replays its journal, and its next snapshot takes the row's place.
/// </summary>
internal sealed class SnapshotSerializer(Serializer serializer, ILogger<SnapshotSerializer> log) : IGrainStorageSerializer
{
    private readonly OrleansGrainStorageSerializer _orleans = new(serializer);

    public BinaryData Serialize<T>(T? input) => _orleans.Serialize(input);

    public T? Deserialize<T>(BinaryData input)
    {
        try
        {
            return _orleans.Deserialize<T>(input);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.SnapshotUnreadable(log, typeof(T).Name, cause);
            return default;
        }
    }
}
