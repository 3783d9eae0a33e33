using System.Net;
using System.Net.Sockets;

namespace Leash.Gateway.Dns;

/// <summary>The machine's own names, hosts(5): read once, when the session starts.</summary>
public sealed class HostsFile
{
    /// <summary>What lies past this many bytes is not read; lists of that size block advertising, they don't name hosts.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly Dictionary<string, List<IPAddress>> _addresses = new(StringComparer.Ordinal);

    /// <summary>No names.</summary>
    public static HostsFile Empty { get; } = new();

    /// <summary>All (name, address) pairs.</summary>
    public IEnumerable<(string Name, IPAddress Address)> Entries
    {
        get
        {
            foreach (var (name, addresses) in _addresses)
            {
                foreach (var address in addresses)
                {
                    yield return (name, address);
                }
            }
        }
    }

    /// <summary>Reads a hosts file; an unreadable one has no names, as for libc.</summary>
    public static HostsFile Load(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[Math.Min(MaxBytes, Math.Max(file.Length, 4096))];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Parse(System.Text.Encoding.Latin1.GetString(buffer, 0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Empty;
        }
    }

    /// <summary>Parses the text; lines that are not an address followed by names are skipped, as libc does.</summary>
    public static HostsFile Parse(string text)
    {
        var hosts = new HostsFile();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            hosts.AddLine(line);
        }

        return hosts;
    }

    /// <summary>The addresses of a lower-case name; null when the file does not have it.</summary>
    public IReadOnlyList<IPAddress>? Find(string host) => _addresses.GetValueOrDefault(host);

    private void AddLine(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf('#');
        line = comment < 0 ? line : line[..comment];
        IPAddress? address = null;
        foreach (var range in line.SplitAny(' ', '\t'))
        {
            var word = line[range];
            if (word.IsEmpty)
            {
                continue;
            }

            if (address is null)
            {
                if (!IPAddress.TryParse(word, out address))
                {
                    return;
                }

                address = AddressRanges.Canonical(address);
            }
            else if (DnsName.TryParse(word.ToString(), out var name) && name.ToHost() is { } host)
            {
                Add(host, address);
            }
        }
    }

    private void Add(string host, IPAddress address)
    {
        if (!_addresses.TryGetValue(host, out var addresses))
        {
            _addresses.Add(host, addresses = []);
        }

        if (!addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }

    internal static bool IsFamily(IPAddress address, DnsType type) =>
        address.AddressFamily == (type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
}
