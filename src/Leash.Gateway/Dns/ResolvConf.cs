using System.Net;
using System.Text;

namespace Leash.Gateway.Dns;

/// <summary>Where names are resolved: resolv.conf(5) and the user's override.</summary>
public static class ResolvConf
{
    /// <summary>The only port that the file can speak of.</summary>
    public const int DnsPort = 53;

    /// <summary>The name servers of a resolv.conf text, in order, duplicates removed.</summary>
    public static IReadOnlyList<IPEndPoint> Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var trimmed = line.Trim();
            const string Keyword = "nameserver";
            if (!trimmed.StartsWith(Keyword) || trimmed.Length == Keyword.Length || !char.IsWhiteSpace(trimmed[Keyword.Length]))
            {
                continue;
            }

            var value = trimmed[Keyword.Length..].Trim();
            var end = value.IndexOfAny(' ', '\t');
            if (IPAddress.TryParse(end < 0 ? value : value[..end], out var address))
            {
                var server = new IPEndPoint(address, DnsPort);
                if (!servers.Contains(server))
                {
                    servers.Add(server);
                }
            }
        }

        return servers;
    }

    /// <summary>The name servers of a file; none when it can't be read.</summary>
    public static IReadOnlyList<IPEndPoint> Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// The text with another name server, or with queries over TCP, or both; search lists and other options stay. Null when nothing changes.
    /// </summary>
    /// <param name="text">The machine's own.</param>
    /// <param name="server">The only name server from now on, or null to keep those there are.</param>
    /// <param name="overTcp">Whether queries have to go over TCP.</param>
    public static string? Rewrite(string text, IPAddress? server, bool overTcp)
    {
        if (server is null && !overTcp)
        {
            return null;
        }

        var lines = new StringBuilder();
        if (server is not null)
        {
            lines.Append("nameserver ").Append(server).Append('\n');
        }

        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.IsEmpty && (server is null || !line.TrimStart().StartsWith("nameserver")))
            {
                lines.Append(line).Append('\n');
            }
        }

        return overTcp ? lines.Append("options use-vc\n").ToString() : lines.ToString();
    }

    /// <summary>Reads <c>ADDR</c>, <c>ADDR:PORT</c>, <c>[ADDR6]:PORT</c> or <c>ADDR6</c>; the port is 53 unless given.</summary>
    public static bool TryParseServer(string text, out IPEndPoint server)
    {
        if (IPAddress.TryParse(text, out var address) && !text.StartsWith('['))
        {
            server = new IPEndPoint(address, DnsPort);
            return true;
        }

        if (IPEndPoint.TryParse(text, out var parsed) && (text.Contains('.') || text.StartsWith('[')))
        {
            server = parsed.Port == 0 ? new IPEndPoint(parsed.Address, DnsPort) : parsed;
            return true;
        }

        server = new IPEndPoint(IPAddress.None, 0);
        return false;
    }
}
