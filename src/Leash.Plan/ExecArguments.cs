using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>What an exec passes to the new program, as far as policies can look at it.</summary>
/// <param name="argv0">The first argument, without its NUL; empty when there is none.</param>
/// <param name="arguments">The other arguments one after the other, each ended by a NUL byte.</param>
/// <param name="interpreter">The interpreter named by the file's <c>#!</c> line; empty for a binary.</param>
public readonly ref struct ExecArguments(ReadOnlySpan<byte> argv0, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> interpreter)
{
    public ReadOnlySpan<byte> Argv0 { get; } = argv0;

    public ReadOnlySpan<byte> Arguments { get; } = arguments;

    public ReadOnlySpan<byte> Interpreter { get; } = interpreter;

    /// <summary>Whether one of <see cref="Arguments"/> is exactly this.</summary>
    public bool Contains(ReadOnlySpan<byte> argument)
    {
        var rest = Arguments;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            var current = end < 0 ? rest : rest[..end];
            if (current.SequenceEqual(argument))
            {
                return true;
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return false;
    }

    /// <summary>The arguments behind the first, copied.</summary>
    public ImmutableArray<byte[]> ToArray()
    {
        var result = ImmutableArray.CreateBuilder<byte[]>();
        var rest = Arguments;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            result.Add((end < 0 ? rest : rest[..end]).ToArray());
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return result.ToImmutable();
    }
}
