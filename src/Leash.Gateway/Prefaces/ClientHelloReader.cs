using System.Collections.Immutable;
using System.Text;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>Reads the body of a ClientHello message (RFC 8446 §4.1.2), strictly: lengths add up, no extension twice.</summary>
internal static class ClientHelloReader
{
    private const int RandomLength = 32;
    private const int MaxSessionId = 32;
    private const int ServerNameExtension = 0;
    private const int AlpnExtension = 16;
    private const int EncryptedClientHelloExtension = 0xFE0D;
    private const int HostNameType = 0;
    private const int InnerHello = 1;

    /// <summary>What it says, or why it is refused.</summary>
    public static Preface Read(ReadOnlySpan<byte> body)
    {
        var cursor = new ByteCursor(body);
        if (!cursor.TryReadUInt16(out var version) || version >> 8 != 3
            || !cursor.TryRead(RandomLength, out _)
            || !cursor.TryReadVector8(out var session) || session.Length > MaxSessionId
            || !cursor.TryReadVector16(out var ciphers) || ciphers.Length < 2 || ciphers.Length % 2 != 0
            || !cursor.TryReadVector8(out var compression) || compression.IsEmpty)
        {
            return Preface.Refuse(GatewayRefusal.MalformedClientHello);
        }

        // A hello without extensions ends here (TLS 1.2, RFC 5246 §7.4.1.2).
        if (cursor.IsAtEnd)
        {
            return Of(new ClientHello(null, [], false));
        }

        return cursor.TryReadVector16(out var extensions) && cursor.IsAtEnd
            ? ReadExtensions(extensions)
            : Preface.Refuse(GatewayRefusal.MalformedClientHello);
    }

    private static Preface ReadExtensions(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes);
        var seen = new HashSet<int>();
        string? name = null;
        ImmutableArray<string> protocols = [];
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadUInt16(out var type) || !cursor.TryReadVector16(out var content) || !seen.Add(type))
            {
                return Preface.Refuse(GatewayRefusal.MalformedClientHello);
            }

            var refusal = type switch
            {
                ServerNameExtension => ReadServerName(content, out name),
                AlpnExtension => ReadProtocols(content, out protocols),
                // An inner hello is for a server's own backends; no client sends one.
                EncryptedClientHelloExtension when content is [InnerHello] or [] => GatewayRefusal.EncryptedClientHello,
                _ => null,
            };
            if (refusal is { } reason)
            {
                return Preface.Refuse(reason);
            }
        }

        return Of(new ClientHello(name, protocols, seen.Contains(EncryptedClientHelloExtension)));
    }

    /// <summary>RFC 6066 §3: one name of type host_name; an empty or second one is a mistake that readers treat differently.</summary>
    private static GatewayRefusal? ReadServerName(ReadOnlySpan<byte> content, out string? name)
    {
        name = null;
        var cursor = new ByteCursor(content);
        if (!cursor.TryReadVector16(out var list) || !cursor.IsAtEnd)
        {
            return GatewayRefusal.MalformedClientHello;
        }

        var entries = new ByteCursor(list);
        if (!entries.TryReadByte(out var type) || type != HostNameType || !entries.TryReadVector16(out var host) || !entries.IsAtEnd)
        {
            return GatewayRefusal.InvalidServerName;
        }

        // An address is not permitted here (RFC 6066 §3), but some clients send it; HostText takes it only in its plain form. IPv6 is refused.
        if (!HostText.TryParseName(Encoding.Latin1.GetString(host), out var text))
        {
            return GatewayRefusal.InvalidServerName;
        }

        name = text;
        return null;
    }

    private static GatewayRefusal? ReadProtocols(ReadOnlySpan<byte> content, out ImmutableArray<string> protocols)
    {
        protocols = [];
        var cursor = new ByteCursor(content);
        if (!cursor.TryReadVector16(out var list) || !cursor.IsAtEnd || list.IsEmpty)
        {
            return GatewayRefusal.MalformedClientHello;
        }

        var names = ImmutableArray.CreateBuilder<string>();
        var entries = new ByteCursor(list);
        while (!entries.IsAtEnd)
        {
            if (!entries.TryReadVector8(out var name) || name.IsEmpty)
            {
                return GatewayRefusal.MalformedClientHello;
            }

            names.Add(Encoding.Latin1.GetString(name));
        }

        protocols = names.ToImmutable();
        return null;
    }

    private static Preface Of(ClientHello hello) => new(PrefaceKind.Tls) { Hello = hello };
}
