using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Leash.Cli.Daemon;

/// <summary>One connection between leash and its daemon: messages of JSON, each behind its length.</summary>
internal sealed class DaemonChannel(Socket socket) : IDisposable
{
    // A session's policies, twice: as texts and within the header of its log.
    private const int MaxMessage = 1 << 30;
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The user id of the other side, as the kernel knows it.</summary>
    public uint PeerUser
    {
        get
        {
            Span<byte> credentials = stackalloc byte[3 * sizeof(uint)];
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
            return MemoryMarshal.Read<uint>(credentials[sizeof(uint)..]);
        }
    }

    /// <summary>Whether the other side has gone, as far as can be told without reading.</summary>
    public bool IsClosed => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    /// <exception cref="SocketException">The other side has gone.</exception>
    public void Send<T>(T message, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        SendAll(length);
        SendAll(body);
    }

    /// <summary>Null when the other side has gone, or sent what is no message.</summary>
    public T? Receive<T>(JsonTypeInfo<T> type)
        where T : class
    {
        var header = new byte[sizeof(int)];
        if (!TryReceive(header) || BinaryPrimitives.ReadInt32LittleEndian(header) is not (> 0 and <= MaxMessage and var length))
        {
            return null;
        }

        var body = new byte[length];
        try
        {
            return TryReceive(body) ? JsonSerializer.Deserialize(body, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private bool TryReceive(Span<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                var count = socket.Receive(bytes);
                if (count == 0)
                {
                    return false;
                }

                bytes = bytes[count..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
