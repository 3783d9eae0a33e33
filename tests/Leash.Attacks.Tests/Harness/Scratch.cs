namespace Leash.TestHarness;

/// <summary>One directory for everything that a run of the tests makes; removed at the end.</summary>
internal static class Scratch
{
    private static readonly Lazy<string> _directory = new(Create);
    private static int _last;

    public static string Directory => _directory.Value;

    /// <summary>A new directory that anyone may enter.</summary>
    public static string New(string name)
    {
        var path = Path.Join(Directory, $"{name}{Interlocked.Increment(ref _last)}");
        System.IO.Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Removes everything; what happens at the end of the process is too late for what takes long.</summary>
    public static void Remove()
    {
        if (_directory.IsValueCreated)
        {
            Command.Run("rm", ["-rf", "--one-file-system", Directory], seconds: 300);
        }
    }

    private static string Create()
    {
        // Not below /tmp: built-in policies permit that.
        var parent = Environment.UserName == "root" ? "/srv" : Path.GetTempPath();
        var directory = System.IO.Directory.CreateDirectory(Path.Join(parent, $"leash-tests-{Environment.ProcessId}")).FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove();
        return directory;
    }
}
