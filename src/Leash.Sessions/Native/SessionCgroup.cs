using System.Globalization;
using Leash.Interop;

namespace Leash.Sessions.Native;

/// <summary>
/// A cgroup (version 2) of the session's own, made below ours where the machine lets us. Its name carries our pid, so that a later
/// start can tell an abandoned one from one that is about to be used.
/// </summary>
internal sealed class SessionCgroup : IDisposable
{
    private const string Prefix = "leash-";
    private readonly CgroupHandles _handles;

    private SessionCgroup(string path, CgroupHandles handles)
    {
        Path = path;
        _handles = handles;
    }

    public string Path { get; }

    public CgroupHandles Handles => _handles;

    /// <summary>Null where there is no version 2 hierarchy or we may not add to it.</summary>
    public static SessionCgroup? TryCreate(string sessionId)
    {
        if (FindOwn() is not { } parent)
        {
            return null;
        }

        RemoveAbandoned(parent);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{sessionId}");
        string path = System.IO.Path.Combine(parent, name);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        const int writeOnly = OpenFlags.O_WRONLY;
        CgroupHandles handles = new(
            name,
            Descriptors.Open(path + "/cgroup.procs", writeOnly),
            Descriptors.Open(parent, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY),
            Descriptors.Open(path + "/cgroup.kill", writeOnly));
        SessionCgroup cgroup = new(path, handles);
        if (handles.Processes >= 0 && handles.Parent >= 0)
        {
            return cgroup;
        }

        cgroup.Dispose();
        return null;
    }

    public void Dispose()
    {
        Kernel.Close(_handles.Processes);
        Kernel.Close(_handles.Parent);
        Kernel.Close(_handles.Kill);
        TryRemove(Path);
    }

    /// <summary>The directory of our own cgroup in the version 2 hierarchy, hybrid set-ups included; null when there is none.</summary>
    internal static string? FindOwn() => Locate(ReadText("/proc/self/mountinfo"), ReadText("/proc/self/cgroup"));

    internal static string? Locate(string mountInfo, string membership)
    {
        string? own = null;
        foreach (ReadOnlySpan<char> line in membership.AsSpan().EnumerateLines())
        {
            own = line.StartsWith("0::") ? line[3..].ToString() : own;
        }

        if (own is null || own.Contains("/..", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (string line in mountInfo.Split('\n'))
        {
            int separator = line.IndexOf(" - cgroup2 ", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            string[] fields = line[..separator].Split(' ');
            (string root, string point) = (fields[3], fields[4]);
            if (root == "/" || own == root || own.StartsWith(root + "/", StringComparison.Ordinal))
            {
                string below = root == "/" ? own : own[root.Length..];
                return below is "" or "/" ? point : point + below;
            }
        }

        return null;
    }

    private static void RemoveAbandoned(string parent)
    {
        try
        {
            foreach (string path in Directory.EnumerateDirectories(parent, Prefix + "*"))
            {
                ReadOnlySpan<char> rest = System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..];
                int dash = rest.IndexOf('-');
                bool isNamed = int.TryParse(dash < 0 ? rest : rest[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out int owner);
                if (isNamed && Kernel.Call(SyscallNumber.kill, owner, 0) == -Errno.ESRCH)
                {
                    TryRemove(path);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not ours to list: then nothing of ours is in it either.
        }
    }

    // Fails, as it should, while a process or a group is in it.
    private static void TryRemove(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Removed by leash-init already, or still in use: the next start tries again.
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
