using System.Buffers;
using System.Buffers.Binary;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>A copied argument vector: each argument ended by a zero byte, as policies look at it.</summary>
internal sealed unsafe class ArgumentVector
{
    /// <summary>The kernel's limit for arguments and environment together is a quarter of the stack limit, at most 6 MiB.</summary>
    private const int MaxBytes = 6 * 1024 * 1024;

    private const int MaxArgument = 131_072;
    private const int PointerSize = 8;

    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    /// <summary>All arguments, the first one included.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>The first argument without its zero; empty when there is none.</summary>
    public ReadOnlySpan<byte> First => Count == 0 ? default : Bytes[..(_ends[0] - 1)];

    /// <summary>The arguments from an index on.</summary>
    public ReadOnlySpan<byte> From(int index) => index >= Count ? default : index == 0 ? Bytes : Bytes[_ends[index - 1]..];

    public ExecArguments ToExecArguments(ReadOnlySpan<byte> interpreter) => new(First, From(1), interpreter);

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _ends.Clear();
    }

    public void Add(ReadOnlySpan<byte> argument)
    {
        BuffersExtensions.Write(_bytes, argument);
        BuffersExtensions.Write<byte>(_bytes, [0]);
        _ends.Add(_bytes.WrittenCount);
    }

    /// <summary>
    /// Copies the vector that a process points to. Stops after <paramref name="maxArguments"/>. 0, or minus EFAULT or E2BIG.
    /// </summary>
    public int Read(int pid, ulong vector, int maxArguments)
    {
        Clear();
        for (int i = 0; i < maxArguments && vector != 0; i++)
        {
            ulong pointer;
            int error = ProcessMemory.ReadExact(pid, vector + ((ulong)i * PointerSize), (byte*)&pointer, PointerSize);
            if (error < 0 || pointer == 0)
            {
                return error;
            }

            error = ReadOne(pid, pointer);
            if (error < 0)
            {
                return error;
            }
        }

        return 0;
    }

    private int ReadOne(int pid, ulong address)
    {
        for (int capacity = 512; capacity <= MaxArgument; capacity *= 16)
        {
            Span<byte> span = _bytes.GetSpan(capacity);
            int length;

            // SAFETY: the span has at least `capacity` bytes.
            fixed (byte* pointer = span)
            {
                length = ProcessMemory.ReadString(pid, address, pointer, capacity);
            }

            if (length == -Errno.ENAMETOOLONG)
            {
                continue;
            }

            if (length < 0)
            {
                return length;
            }

            span[length] = 0;
            _bytes.Advance(length + 1);
            _ends.Add(_bytes.WrittenCount);
            return _bytes.WrittenCount > MaxBytes ? -Errno.E2BIG : 0;
        }

        return -Errno.E2BIG;
    }

    /// <summary>Reads an auxiliary vector entry at the stack position after the environment; 0 when it is missing.</summary>
    public static ulong FindAuxiliary(int pid, ulong stackPointer, int argumentCount, ulong type)
    {
        const int chunk = 4096;
        byte* buffer = stackalloc byte[chunk];

        // argc, argv…, 0, envp…, 0, then pairs of type and value.
        ulong position = stackPointer + (ulong)((argumentCount + 2) * PointerSize);
        bool isInEnvironment = true;
        ulong pendingType = 0;
        bool hasType = false;
        for (int blocks = 0; blocks < 4096; blocks++)
        {
            long got = ProcessMemory.Read(pid, position, buffer, chunk);
            if (got < PointerSize)
            {
                return 0;
            }

            for (int offset = 0; offset + PointerSize <= got; offset += PointerSize)
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(buffer + offset, PointerSize));
                if (isInEnvironment)
                {
                    isInEnvironment = word != 0;
                }
                else if (!hasType)
                {
                    pendingType = word;
                    hasType = true;
                    if (word == 0)
                    {
                        return 0;
                    }
                }
                else if (pendingType == type)
                {
                    return word;
                }
                else
                {
                    hasType = false;
                }
            }

            position += (ulong)(got / PointerSize * PointerSize);
        }

        return 0;
    }
}
