using Pool.Hosting;
using Pool.Silo.Hosting;

namespace Pool.Silo.Demo;

internal static class Morning
{
    public static Task<ExitCode> Run(PoolOptions options, LogLevel level, bool exit) =>
        PoolProcess.Run(options, TimeProvider.System, level, (_, _) => Task.FromResult(!exit));
}
