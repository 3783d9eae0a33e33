using System.Runtime.InteropServices;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>The file system in which pins live; mounted here where the machine has none.</summary>
internal static unsafe class BpfFilesystem
{
    private static readonly string[] s_places = ["/sys/fs/bpf", "/run/leash/bpf"];

    /// <summary>The directory of a mounted file system of pins, which is the usual one unless that cannot be had.</summary>
    /// <exception cref="LibbpfException">There is none and none can be mounted.</exception>
    public static string FindOrMount()
    {
        string mountInfo = File.ReadAllText("/proc/self/mountinfo");
        if (s_places.FirstOrDefault(place => IsMounted(mountInfo, place)) is { } mounted)
        {
            return mounted;
        }

        int error = 0;
        foreach (string place in s_places)
        {
            error = Mount(place);
            if (error == 0)
            {
                return place;
            }
        }

        throw new LibbpfException("mount a bpf file system for the pins", -error);
    }

    /// <summary>Whether the mount that is seen at a place is one: the last that is listed covers the others.</summary>
    internal static bool IsMounted(string mountInfo, string place)
    {
        bool isMounted = false;
        foreach (string line in mountInfo.Split('\n'))
        {
            string[] halves = line.Split(" - ");
            string[] fields = halves[0].Split(' ');
            if (halves.Length == 2 && fields.Length > 4 && fields[4] == place)
            {
                isMounted = halves[1].StartsWith("bpf ", StringComparison.Ordinal);
            }
        }

        return isMounted;
    }

    private static int Mount(string place)
    {
        try
        {
            Directory.CreateDirectory(place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -Errno.EROFS;
        }

        nint target = Marshal.StringToCoTaskMemUTF8(place);

        // SAFETY: zero-terminated literals and a string that is freed after the call.
        fixed (byte* type = "bpf\0"u8)
        fixed (byte* options = "mode=0700\0"u8)
        {
            int result = (int)Kernel.Call(SyscallNumber.mount, (nint)type, target, (nint)type, 0, (nint)options);
            Marshal.FreeCoTaskMem(target);
            return result;
        }
    }
}
