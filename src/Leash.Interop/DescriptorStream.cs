namespace Leash.Interop;

/// <summary>
/// Writes to a standard descriptor, unbuffered. Not the console's stream: that sends the terminal escape sequences of its own at the first
/// write (application keypad mode), which would outlive us and change what the arrow keys send. What cannot be written is lost, as with the
/// console: a closed pipe is no reason to fail.
/// </summary>
internal sealed class DescriptorStream(int descriptor) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Descriptors.WriteAll(descriptor, buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => Descriptors.WriteAll(descriptor, buffer);
}
