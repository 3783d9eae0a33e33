using System.Globalization;

namespace Leash.Interop;

/// <summary>A process that no later one with its number is taken for.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Time">When it was started, in ticks since the machine was.</param>
internal sealed record ProcessStart(int Pid, ulong Time)
{
    private const int StartTimeField = 22; // proc(5), /proc/pid/stat

    public bool IsRunning => Of(Pid) == this;

    /// <exception cref="IOException">/proc is not that of this pid namespace.</exception>
    public static ProcessStart OfThis() => Of(Environment.ProcessId) ?? throw new IOException("/proc does not show this process");

    /// <summary>As <see cref="ToString"/> wrote it; null for anything else.</summary>
    public static ProcessStart? TryParse(string text)
    {
        string[] parts = text.Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong time)
            ? new(pid, time)
            : null;
    }

    /// <summary>Null when there is none.</summary>
    public static ProcessStart? Of(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, which may hold anything.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] behindName = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            const int First = 3;
            return behindName[0] is "Z" or "X" ? null : new(pid, ulong.Parse(behindName[StartTimeField - First], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}-{Time}");
}
