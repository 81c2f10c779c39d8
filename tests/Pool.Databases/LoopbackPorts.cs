using System.Net;
using System.Net.Sockets;

namespace Pool.Databases;

/// <summary>
/// Free ports for servers, below those that the system gives to outgoing connections: one that is started again must find
/// its own still free.
/// </summary>
public static class LoopbackPorts
{
    private const int First = 15_000;
    private const int Last = 32_000;
    private const int Most = 1_000;

    /// <param name="count">How many, up to a thousand.</param>
    public static int[] Free(int count)
    {
        var start = Random.Shared.Next(First, Last - Most);
        return [.. Enumerable.Range(start, Last - start).Where(IsFree).Take(count)];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
