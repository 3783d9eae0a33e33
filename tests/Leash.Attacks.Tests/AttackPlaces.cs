using System.Globalization;
using System.Net.Sockets;

namespace Leash.Attacks.Tests;

/// <summary>What rows of all tables find in a session that they share: processes and servers outside.</summary>
internal static class AttackPlaces
{
    private static readonly Lazy<Listeners> _listeners = new(() => new Listeners());

    /// <summary>How often something arrived where nothing may.</summary>
    public static int Forbidden => _listeners.Value.Arrived("forbidden");

    /// <summary>Ports and names that all rows of a session use.</summary>
    public static void Common(Arena arena) => Fill(arena, _listeners.Value);

    /// <summary>The row's own servers.</summary>
    public static void Prepare(Attack attack, Arena arena, Arena common)
    {
        foreach (var (name, value) in common.Places)
        {
            arena.Places[name] = value;
        }

        Serve(arena, _listeners.Value, string.Join(' ', attack.Commands));
    }

    /// <summary>Everything that a row may mention, for a session of its own.</summary>
    public static void Fill(Arena arena, Listeners listeners)
    {
        arena.Places["outside"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        arena.Places["terminal"] = OutsideTerminal.Path;
        arena.Places["ok"] = Listeners.Text(listeners.Port("permitted"));
        arena.Places["no"] = Listeners.Text(listeners.Port("forbidden"));
        arena.Places["free"] = Listeners.Text(Listeners.Free());
        arena.Places["other"] = Listeners.Text(Listeners.Free());
        listeners.Local(arena.Expand("@leash-tests-{ok}"), SocketType.Stream, "permitted");
        listeners.Local(arena.Expand("@leash-tests-{no}"), SocketType.Stream, "forbidden");
    }

    /// <summary>Servers on the paths that a text mentions, and what else it needs.</summary>
    public static void Serve(Arena arena, Listeners listeners, string mentioned)
    {
        Local("ok.sock", "{work}/ok.sock", SocketType.Stream, "permitted");
        Local("ok.dgram", "{work}/ok.dgram", SocketType.Dgram, "permitted");
        Local("no.sock", "{secret}/no.sock", SocketType.Stream, "forbidden");
        Local("no.dgram", "{secret}/no.dgram", SocketType.Dgram, "forbidden");
        Local("docker.sock", "{work}/docker.sock", SocketType.Stream, "forbidden");

        // For the race between a directory and a link to one.
        if (mentioned.Contains("race-directory", StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(arena.Expand("{work}/link"), arena.Expand("{secret}"));
        }

        void Local(string name, string path, SocketType type, string who)
        {
            if (mentioned.Contains(name, StringComparison.Ordinal))
            {
                listeners.Local(arena.Expand(path), type, who);
            }
        }
    }
}
