using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>A fixed block of native memory that holds a zero-terminated byte string or scratch data; one owner, reused for every call.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    public NativeBuffer(int capacity)
    {
        Capacity = capacity;

        // SAFETY: freed in Dispose; `Capacity` bounds every access made through this class.
        Pointer = (byte*)NativeMemory.AllocZeroed((nuint)capacity);
    }

    public byte* Pointer { get; private set; }

    public int Capacity { get; }

    /// <summary>Bytes in use, without the terminating zero.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => new(Pointer, Length);

    public Span<byte> All => new(Pointer, Capacity);

    /// <summary>States that the first <paramref name="length"/> bytes are in use and ends them with a zero.</summary>
    public void SetLength(int length)
    {
        Length = length;
        All[length] = 0;
    }

    /// <summary>False, and the buffer is unchanged, when the bytes and a zero do not fit.</summary>
    public bool TrySet(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Capacity)
        {
            return false;
        }

        bytes.CopyTo(All);
        SetLength(bytes.Length);
        return true;
    }

    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length >= Capacity)
        {
            return false;
        }

        bytes.CopyTo(All[Length..]);
        SetLength(Length + bytes.Length);
        return true;
    }

    public void Dispose()
    {
        // SAFETY: allocated in the constructor and freed once.
        NativeMemory.Free(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
