using Pool.Silo.Demo;
using Pool.Silo.Hosting;

return await CommandLine.Run(args, new(
    Serve: (options, level) => PoolProcess.Run(options, TimeProvider.System, level),
    Silo: PoolProcess.RunSilo,
    Gateway: PoolProcess.RunGateway,
    Migrate: PoolProcess.Migrate,
    Verify: ReceiptFile.Verify,
    Demo: Morning.Run));
