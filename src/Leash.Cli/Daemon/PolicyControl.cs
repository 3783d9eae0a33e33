using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Leash.Cli.Policies;
using Leash.Policy;

namespace Leash.Cli.Daemon;

/// <summary>The policies that a running session gets.</summary>
internal sealed record ControlRequest(ImmutableArray<PolicyDocument> Documents);

/// <summary>What became of them.</summary>
/// <param name="Error">Why those before are in force; null when they are not any more.</param>
internal sealed record ControlReply(string? Error = null)
{
    /// <summary>More about the error.</summary>
    public ImmutableArray<string> Details { get; init; } = [];

    /// <summary>Programs whose start was not recorded: new policies that tell programs apart deny them everything.</summary>
    public int Unknown { get; init; }
}

[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>Where a running session takes new policies: a socket of whoever runs it, which the session itself cannot reach.</summary>
internal sealed class PolicyControl : IDisposable
{
    private readonly Socket _listener;
    private readonly string _path;
    private readonly Func<ImmutableArray<PolicyDocument>, ControlReply> _apply;

    private PolicyControl(Socket listener, string path, Func<ImmutableArray<PolicyDocument>, ControlReply> apply) =>
        (_listener, _path, _apply) = (listener, path, apply);

    public static PolicyControl Listen(DaemonPlace place, string id, Func<ImmutableArray<PolicyDocument>, ControlReply> apply)
    {
        place.Create();
        RemoveAbandoned(place);
        var path = place.ControlOf(id);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        PolicyControl control = new(listener, path, apply);
        new Thread(control.Serve) { IsBackground = true, Name = "policy" }.Start();
        return control;
    }

    // Of sessions whose leash was killed: nobody listens.
    private static void RemoveAbandoned(DaemonPlace place)
    {
        foreach (var path in place.Sessions().Select(place.ControlOf))
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(path);
            }
            catch (SocketException)
            {
                // About to listen, or ended just now.
            }
        }
    }

    /// <summary>Asks a session. Null when there is none behind the socket.</summary>
    public static ControlReply? Ask(string path, ImmutableArray<PolicyDocument> documents)
    {
        try
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            using DaemonChannel channel = new(socket);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            channel.Send(new ControlRequest(documents), ControlJson.Default.ControlRequest);
            return channel.Receive(ControlJson.Default.ControlReply);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private static bool IsTrusted(uint user) => user == 0 || user == ProcessStatus.UserId();

    // One after the other: a policy replaces another one.
    private void Serve()
    {
        try
        {
            while (true)
            {
                Answer(_listener.Accept());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The session has ended.
        }
    }

    private void Answer(Socket socket)
    {
        using DaemonChannel channel = new(socket);
        try
        {
            // FAIL-CLOSED: the directory keeps others out; whoever gets here nevertheless has nothing to say.
            if (IsTrusted(channel.PeerUser) && channel.Receive(ControlJson.Default.ControlRequest) is { } request)
            {
                channel.Send(_apply(request.Documents), ControlJson.Default.ControlReply);
            }
        }
        catch (SocketException)
        {
            // Whoever asked has gone.
        }
    }
}
