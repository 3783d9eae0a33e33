using System.Globalization;
using System.Net;
using System.Text;
using Cedar.Values;
using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>The forms that a <c>Host::</c> id can have.</summary>
internal enum HostForm
{
    Any,
    Wildcard,
    Name,
    NameAndPort,
    Address,
    AddressAndPort,
}

/// <summary>A <c>Host::</c> id, taken apart.</summary>
/// <param name="Form">Which members mean something.</param>
/// <param name="Name">The name; of a wildcard, what follows <c>*.</c>.</param>
/// <param name="Address">The address as a range of one.</param>
/// <param name="Port">The port.</param>
internal sealed record HostId(HostForm Form, string Name, Cidr Address, int Port)
{
    /// <summary>The canonical text.</summary>
    public override string ToString() => Form switch
    {
        HostForm.Any => "*",
        HostForm.Wildcard => "*." + Name,
        HostForm.Name => Name,
        HostForm.NameAndPort => $"{Name}:{Port}",
        HostForm.Address => Address.ToString(),
        HostForm.AddressAndPort => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}",
    };
}

/// <summary>Why an id cannot be what its type says.</summary>
internal sealed record IdProblem(string Message, string? Help);

/// <summary>Reads the ids of entities into their canonical forms.</summary>
internal static class EntityIds
{
    private const int MaxPathBytes = 4095;
    private const int MaxNameBytes = 255;

    /// <summary>A path without empty or <c>.</c> components and without a slash at its end.</summary>
    public static (string? Path, IdProblem? Problem) ReadPath(string type, string id)
    {
        if (id.StartsWith('@') && type == "File")
        {
            return id.Length > 1 ? (id, null) : (null, new IdProblem("the name of an abstract socket is empty", null));
        }

        if (!id.StartsWith('/'))
        {
            return (null, new IdProblem(
                $"`{id}` is not an absolute path", $"start it with `/`, `${{workspace}}/` or `${{home}}/`, as in `{type}::\"${{workspace}}/{id}\"`"));
        }

        if (type != "Dir" && id.Length > 1 && id[^1] == '/')
        {
            return (null, new IdProblem($"`{id}` ends in a slash, so it is a directory", $"write `Dir::\"{id}\"` for it and everything below"));
        }

        if (id.Contains('\0', StringComparison.Ordinal))
        {
            return (null, new IdProblem("a path cannot contain the character NUL", null));
        }

        var parts = id.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Contains(".."))
        {
            return (null, new IdProblem($"`{id}` contains `..`", "write the path that it leads to"));
        }

        if (parts.Contains("."))
        {
            parts = [.. parts.Where(part => part != ".")];
        }

        var path = "/" + string.Join('/', parts);
        return Encoding.UTF8.GetByteCount(path) > MaxPathBytes || parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes)
            ? (null, new IdProblem("the path is longer than Linux allows", $"at most {MaxPathBytes} bytes, {MaxNameBytes} between slashes"))
            : (path, null);
    }

    /// <summary>A host name, wildcard or address, with or without a port.</summary>
    public static (HostId? Host, IdProblem? Problem) ReadHost(string id)
    {
        if (id.Contains("://", StringComparison.Ordinal) || id.Contains('/', StringComparison.Ordinal))
        {
            return (null, new IdProblem(
                $"`{id}` is not a host",
                IsCidr(id) ? $"write `Cidr::\"{id}\"` for a range of addresses" : "write the host only, as in `Host::\"example.com\"`"));
        }

        if (!Ascii.IsValid(id))
        {
            return (null, new IdProblem($"`{id}` has characters outside ASCII", "use the form with `xn--` that is looked up in DNS"));
        }

        if (id == "*")
        {
            return (new HostId(HostForm.Any, "", default, 0), null);
        }

        if (TryReadAddress(id) is { } address)
        {
            return (new HostId(HostForm.Address, "", address, 0), null);
        }

        var colon = id.LastIndexOf(':');
        if (colon < 0)
        {
            return ReadName(id);
        }

        if (!int.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return (null, new IdProblem($"`{id[(colon + 1)..]}` is not a port", "a port is a number from 1 to 65535"));
        }

        return ReadHostAndPort(id[..colon], port);
    }

    /// <summary>A range of addresses. Bits behind the prefix must be zero.</summary>
    public static (Cidr? Range, IdProblem? Problem) ReadCidr(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? id : id[..slash];
        if (TryReadAddress(text) is not { } address)
        {
            return (null, new IdProblem($"`{id}` is not a range of addresses", "write it as in `Cidr::\"10.0.0.0/8\"` or `Cidr::\"2001:db8::/32\"`"));
        }

        var length = address.Bits;
        if (slash >= 0
            && (!int.TryParse(id.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > address.Bits))
        {
            return (null, new IdProblem($"`{id[(slash + 1)..]}` is not the length of a prefix", $"it is a number from 0 to {address.Bits}"));
        }

        var range = Cidr.Create(address.IsV4, address.Address, length);
        return range.Address != address.Address
            ? (null, new IdProblem($"`{id}` has bits set behind its prefix", $"write `Cidr::\"{CidrText(range)}\"`"))
            : (range, null);
    }

    /// <summary>The canonical id: always with the prefix.</summary>
    public static string CidrText(Cidr range) => $"{Cidr.FormatAddress(range.IsV4, range.Address)}/{range.PrefixLength}";

    private static bool IsCidr(string id) => ReadCidr(id).Range is not null;

    private static (HostId? Host, IdProblem? Problem) ReadHostAndPort(string host, int port)
    {
        if (TryReadAddress(host is ['[', .. var inner, ']'] ? inner : host) is { } address && (address.IsV4 || host.StartsWith('[')))
        {
            return (new HostId(HostForm.AddressAndPort, "", address, port), null);
        }

        var (name, problem) = ReadName(host);
        return name switch
        {
            null => (null, problem),
            { Form: HostForm.Name } => (name with { Form = HostForm.NameAndPort, Port = port }, null),
            _ => (null, new IdProblem("a wildcard takes no port", $"write `resource in Host::\"{host}\"` and `context.port == {port}`")),
        };
    }

    private static (HostId? Host, IdProblem? Problem) ReadName(string id)
    {
        var name = id.ToLowerInvariant();
        name = name.EndsWith('.') ? name[..^1] : name;
        var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
        name = isWildcard ? name[2..] : name;
        if (name == "*")
        {
            return (new HostId(HostForm.Any, "", default, 0), null);
        }

        if (name.Contains('*', StringComparison.Ordinal))
        {
            return (null, new IdProblem($"`*` in `{id}` is not at the front", "a wildcard is written `*.example.com`"));
        }

        if (!HostReader.IsName(name))
        {
            return (null, new IdProblem($"`{id}` is not the name of a host", null));
        }

        // Resolvers read `1.2.3` or `0x7f.1` as addresses; no top-level domain is a number.
        return HostReader.EndsInNumber(name)
            ? (null, new IdProblem($"`{id}` is neither an address nor the name of a host", "write an IPv4 address with four numbers"))
            : (new HostId(isWildcard ? HostForm.Wildcard : HostForm.Name, name, default, 0), null);
    }

    /// <summary>Four decimal numbers, or IPv6 in any form without a zone; a v4-mapped address becomes the IPv4 address.</summary>
    private static Cidr? TryReadAddress(string text)
    {
        if (IPAddressValue.TryParse(text, out var strict) && strict.Prefix == strict.Bits && !text.Contains('/', StringComparison.Ordinal))
        {
            return strict.IsV6 && strict.Address >> 32 == 0xffff
                ? Cidr.Single(true, (uint)strict.Address)
                : Cidr.Single(!strict.IsV6, strict.Address);
        }

        // Cedar's form has no IPv4 tail in IPv6.
        if (!text.Contains(':', StringComparison.Ordinal) || !text.Contains('.', StringComparison.Ordinal) || text.AsSpan().ContainsAny("%[/")
            || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        var endpoint = new Endpoint(address, 0, TransportProtocol.Tcp, []);
        return Cidr.Single(endpoint.IsV4, endpoint.Address);
    }
}
