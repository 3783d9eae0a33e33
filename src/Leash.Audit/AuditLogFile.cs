using Microsoft.Win32.SafeHandles;

namespace Leash.Audit;

/// <summary>The file of one log: made new, never followed through a symbolic link, readable by its owner only.</summary>
internal sealed class AuditLogFile : IDisposable
{
    private readonly FileStream _stream;
    private long _offset;

    private AuditLogFile(FileStream stream) => _stream = stream;

    private SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Creates the file, and its directory where it is missing.</summary>
    /// <exception cref="IOException">The file exists, is a link, or cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static AuditLogFile Create(string path)
    {
        Directory.CreateDirectory(
            Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // CreateNew is O_CREAT|O_EXCL, which refuses symbolic links, dangling ones included.
        return new AuditLogFile(new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }));
    }

    /// <summary>Opens a log to write on behind its first bytes; the rest is cut off.</summary>
    /// <exception cref="IOException">There is no such file, or it is a link.</exception>
    public static AuditLogFile Continue(string path, long length)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"`{path}` is a symbolic link");
        }

        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0,
        });
        stream.SetLength(length);
        return new AuditLogFile(stream) { _offset = length };
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(Handle, bytes, _offset);
        _offset += bytes.Length;
    }

    public void Sync() => RandomAccess.FlushToDisk(Handle);

    public void Dispose() => _stream.Dispose();
}
