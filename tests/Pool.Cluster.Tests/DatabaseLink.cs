using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pool.Cluster.Tests;

/// <summary>The way of one silo to its database, which a test can cut, or on which it can lose the answers.</summary>
public sealed class DatabaseLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Pair, byte> _pairs = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile bool _cut;
    private volatile bool _silent;

    private sealed record Pair(TcpClient Silo, TcpClient Server)
    {
        private int _deaf;

        /// <summary>Whether the server's answers are lost.</summary>
        public bool Deaf => Volatile.Read(ref _deaf) == 1;

        public void Deafen() => Volatile.Write(ref _deaf, 1);

        public void Close()
        {
            Silo.Close();
            Server.Close();
        }
    }

    public DatabaseLink(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = Task.Run(Accept);
    }

    /// <summary>Something was lost on the way: a part of what was said, or a connection that was refused.</summary>
    private event Action? Lost;

    /// <summary>Where the silo finds its database.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when so much more was lost on the way.</summary>
    public async Task Loses(int times)
    {
        var milestone = new Milestone(times);
        Lost += milestone.Count;
        await milestone.Reached;
        Lost -= milestone.Count;
    }

    /// <summary>Ends every connection and takes no new one, until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _cut = true;
        CloseAll();
    }

    /// <summary>Nothing passes in either direction any more, and nobody is told, until <see cref="Mend"/>.</summary>
    public void Silence() => _silent = true;

    /// <summary>What was open meanwhile has lost a part of what was said, and ends; new connections are good.</summary>
    public void Mend()
    {
        (_cut, var wasSilent, _silent) = (false, _silent, false);
        if (wasSilent)
        {
            CloseAll();
        }
    }

    /// <summary>
    /// From now on what the silo says still reaches the server on the connections that are open, and no answer comes back:
    /// what it commits stands, and it never learns of it.
    /// </summary>
    public void LoseAnswers()
    {
        foreach (var pair in _pairs.Keys)
        {
            pair.Deafen();
        }
    }

    /// <summary>Ends the connections that are open; new ones are good.</summary>
    public void CloseAll()
    {
        foreach (var pair in _pairs.Keys)
        {
            pair.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _closing.Dispose();
    }

    private async Task Accept()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var silo = await _listener.AcceptTcpClientAsync(_closing.Token);
                _ = Join(silo);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Join(TcpClient silo)
    {
        using var server = new TcpClient { NoDelay = true };
        using var ours = silo;
        silo.NoDelay = true;
        var pair = new Pair(silo, server);
        try
        {
            if (_cut)
            {
                Lost?.Invoke();
                return;
            }

            _pairs.TryAdd(pair, 0);
            if (!_silent)
            {
                await server.ConnectAsync(_host, _port, _closing.Token);
            }

            if (_cut)
            {
                return;
            }

            await (server.Connected
                ? Task.WhenAny(Carry(silo, server, () => _silent), Carry(server, silo, () => _silent || pair.Deaf))
                : Carry(silo, silo, () => true));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server does not take it: neither does the link.
        }
        finally
        {
            _pairs.TryRemove(pair, out _);
            pair.Close();
        }
    }

    private async Task Carry(TcpClient from, TcpClient to, Func<bool> lost)
    {
        try
        {
            var (source, target, part) = (from.GetStream(), to.GetStream(), new byte[64 * 1024]);
            while (await source.ReadAsync(part, _closing.Token) is var read and > 0)
            {
                if (lost())
                {
                    Lost?.Invoke();
                    continue;
                }

                await target.WriteAsync(part.AsMemory(0, read), _closing.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Either end has gone.
        }
    }
}
