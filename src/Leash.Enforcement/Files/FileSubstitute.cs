using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>
/// A file that a session sees with other content when it opens it for reading, without a mount: whoever may open the file gets a fresh
/// anonymous copy of the content. Its metadata stay the real file's.
/// </summary>
/// <param name="Path">Canonical path.</param>
/// <param name="Content">What a reader gets.</param>
internal sealed record FileSubstitute(byte[] Path, byte[] Content)
{
    private const int MFD_CLOEXEC = 1;

    /// <summary>A descriptor of the content at its beginning, or minus an errno.</summary>
    public unsafe int Open()
    {
        fixed (byte* name = "substitute\0"u8, content = Content)
        {
            // SAFETY: the name is zero-terminated; the kernel reads `Content.Length` bytes.
            int fd = (int)Kernel.Call(SyscallNumber.memfd_create, (nint)name, MFD_CLOEXEC);
            if (fd < 0)
            {
                return fd;
            }

            long written = Kernel.Call(SyscallNumber.pwrite64, fd, (nint)content, Content.Length);
            if (written == Content.Length)
            {
                return fd;
            }

            Kernel.Close(fd);
            return written < 0 ? (int)written : -Errno.EIO;
        }
    }
}
