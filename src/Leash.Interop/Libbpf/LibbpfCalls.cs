using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

/// <summary>
/// Imports from libbpf 1.x under their native names, one file per noun. The two functions here are the only ones that know libbpf's
/// two ways of reporting errors.
/// </summary>
internal static unsafe partial class LibbpfCalls
{
    public const string Library = "libbpf.so.1";

    // A beforefieldinit class would set the resolver too late.
    static LibbpfCalls() => NativeLibrary.SetDllImportResolver(typeof(LibbpfCalls).Assembly, static (name, _, _) => name == Library ? Resolve(name) : 0);

    /// <summary>The version of the library that is loaded, <c>v1.1</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)libbpf_version_string()) ?? "";

    /// <exception cref="LibbpfException">The library is not installed.</exception>
    internal static nint Resolve(string name) => NativeLibrary.TryLoad(name, out nint handle)
        ? handle
        : throw new LibbpfException(
            $"the library {name} is missing (libbpf 1.0 or later; Debian 12, Ubuntu 24.04: `apt-get install libbpf1`)");

    /// <summary>Of functions that return a value or minus an errno.</summary>
    public static int Check(int result, string operation) =>
        result >= 0 ? result : throw new LibbpfException(operation, -result, LibbpfLog.Take());

    /// <summary>Of functions that return null and set errno.</summary>
    public static nint CheckPointer(nint result, string operation)
    {
        int errno = Marshal.GetLastPInvokeError();
        return result != 0 ? result : throw new LibbpfException(operation, errno, LibbpfLog.Take());
    }

    [LibraryImport(Library)]
    private static partial byte* libbpf_version_string();

    [LibraryImport(Library)]
    public static partial int libbpf_strerror(int err, byte* buf, nuint size);

    [LibraryImport(Library)]
    public static partial nint libbpf_set_print(delegate* unmanaged<int, byte*, nint, int> fn);

    [LibraryImport(Library)]
    public static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int libbpf_find_vmlinux_btf_id(string name, BpfAttachType attach_type);
}
