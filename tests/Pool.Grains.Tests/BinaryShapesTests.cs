using System.Reflection;
using System.Runtime.CompilerServices;
using Pool.Actors;
using Pool.Demands;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>
/// Snapshots and views are kept in the binary form that the members' numbers give. Neither is permanent, but what another shape
/// has written is read only by luck: whoever changes a type that is kept raises the number of its shape, and what was kept is
/// made again from the journal. A file in Approved tells the types of each shape; with POOL_APPROVE=1 a run writes that of a
/// shape whose number was raised, and never that of one whose number was not.
/// </summary>
public sealed class BinaryShapesTests
{
    private static readonly Assembly Actors = typeof(Demand).Assembly;
    private static readonly Assembly Host = typeof(Silo.Hosting.PoolHost).Assembly;

    [Fact]
    public void The_types_of_a_snapshot_change_only_with_the_number_of_their_shape() => Match(
        "snapshots.txt", Shape(Generic("SnapshotCache`1")),
        Actors.GetTypes().Where(type => type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IActorState<,>))).Append(Generic("Snapshot`1")));

    [Fact]
    public void The_types_of_the_views_change_only_with_the_number_of_their_shape()
    {
        var tables = Host.GetType("Pool.Silo.Views.ViewTables")!;
        Match("views.txt", Shape(tables), tables.GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Select(field => field.FieldType).Where(type => type.Name == "ViewTable`1"));
    }

    private static Type Generic(string name) => Actors.GetType($"Pool.EventSourcing.{name}")!.MakeGenericType(typeof(Demand));

    private static int Shape(Type keeper) => (int)keeper.GetField("Shape", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetRawConstantValue()!;

    private static void Match(string file, int shape, IEnumerable<Type> kept)
    {
        var types = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var type in kept)
        {
            Tell(type, types);
        }

        var (first, told) = ($"shape {shape}\n", string.Join('\n', types.Select(type => $"{type.Key}: {type.Value}")) + "\n");
        var path = Path.Combine(Folder(), "Approved", file);
        var approved = File.Exists(path) ? File.ReadAllText(path) : "";
        if (!approved.StartsWith(first, StringComparison.Ordinal) && Environment.GetEnvironmentVariable("POOL_APPROVE") == "1")
        {
            File.WriteAllText(path, first + told);
            return;
        }

        Assert.Equal(approved, first + told);
    }

    /// <summary>Adds a type, and those of its members.</summary>
    private static void Tell(Type type, SortedDictionary<string, string> types)
    {
        foreach (var part in type.IsGenericType ? type.GetGenericArguments() : type.HasElementType ? [type.GetElementType()!] : [])
        {
            Tell(part, types);
        }

        if (type.IsArray || type.Assembly != Actors || !types.TryAdd(type.Name, ""))
        {
            return;
        }

        if (type.IsEnum)
        {
            types[type.Name] = string.Join(", ", Enum.GetNames(type).Zip(Enum.GetValuesAsUnderlyingType(type).Cast<object>(), (name, value) => $"{value} {name}"));
            return;
        }

        var members = Stored(type).SelectMany(stored => stored.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(member => member.GetCustomAttribute<IdAttribute>() is not null)
            .Select(member => (member.GetCustomAttribute<IdAttribute>()!.Id, Type: (member as FieldInfo)?.FieldType ?? ((PropertyInfo)member).PropertyType))
            .OrderBy(member => member.Id).ToList();
        types[type.Name] = string.Join(", ", members.Select(member => $"{member.Id} {Name(member.Type)}"));
        members.ForEach(member => Tell(member.Type, types));
        foreach (var derived in Actors.GetTypes().Where(other => other.BaseType == type))
        {
            Tell(derived, types);
        }
    }

    /// <summary>The type whose members are written for one: its surrogate, where it has one, and else its own and its bases'.</summary>
    private static IEnumerable<Type> Stored(Type type)
    {
        var surrogate = Actors.GetTypes().SelectMany(other => other.GetInterfaces())
            .FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IConverter<,>) && face.GetGenericArguments()[0] == type)?.GetGenericArguments()[1];
        for (var stored = surrogate ?? type; stored is not null && stored != typeof(object); stored = stored.BaseType)
        {
            yield return stored;
        }
    }

    private static string Name(Type type) => type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
