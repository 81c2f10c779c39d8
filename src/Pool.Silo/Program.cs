using Pool.Silo.Demo;
using Pool.Silo.Hosting;

return await CommandLine.Run(
    args,
    serve: (options, level) => PoolProcess.Run(options, TimeProvider.System, level),
    demo: Morning.Run);
