using System.Runtime.InteropServices;

namespace Pool.Silo.Hosting;

/// <summary>SIGTERM and SIGINT before a host is there to take them.</summary>
internal sealed class PosixSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    private PosixSignals(params PosixSignalRegistration[] registrations) => _registrations = registrations;

    /// <summary>Cancels instead of ending the process, until it is disposed.</summary>
    public static PosixSignals Cancel(CancellationTokenSource stopped)
    {
        return new(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
