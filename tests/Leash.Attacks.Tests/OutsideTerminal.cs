using System.Runtime.InteropServices;

namespace Leash.Attacks.Tests;

/// <summary>A terminal that no session made and that anybody may open by its permission bits; it is there as long as this process.</summary>
internal static partial class OutsideTerminal
{
    private const int ReadWriteWithoutControl = 2 | 0x100; // O_RDWR | O_NOCTTY

    /// <summary>Its name in /dev/pts.</summary>
    public static string Path { get; } = Make();

    private static string Make()
    {
        var master = posix_openpt(ReadWriteWithoutControl);
        Assert.True(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "no terminal can be made");
        var path = Marshal.PtrToStringUTF8(ptsname(master))!;
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return path;
    }

    [LibraryImport("libc")]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc")]
    private static partial int grantpt(int master);

    [LibraryImport("libc")]
    private static partial int unlockpt(int master);

    [LibraryImport("libc")]
    private static partial nint ptsname(int master);
}
