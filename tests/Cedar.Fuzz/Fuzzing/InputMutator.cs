using System.Text;
using Cedar.Fuzz.Generation;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>Inputs to feed a reader: mutations of samples, and what is hostile on purpose.</summary>
/// <param name="random">Where chance comes from.</param>
/// <param name="vocabulary">Tokens of the language.</param>
/// <param name="samples">Inputs that are mostly right.</param>
/// <param name="openings">What can be nested in itself when repeated.</param>
/// <param name="closings">What closes an opening, in the same order.</param>
internal sealed class InputMutator(
    SeededRandom random, string[] vocabulary, IReadOnlyList<string> samples, string[] openings, string[] closings)
{
    private const int MaxLength = 200_000;

    private readonly TextMutator _mutator = new(random, vocabulary);

    public string Next()
    {
        var text = random.Below(20) switch
        {
            < 8 => _mutator.Mutate(random.Pick(samples)),
            < 11 => _mutator.Decorate(random.Percent(50) ? random.Pick(samples) : _mutator.Mutate(random.Pick(samples))),
            < 14 => _mutator.Mutate(_mutator.Splice(random.Pick(samples), random.Pick(samples))),
            14 => Soup(),
            15 => CodeUnits(),
            16 => Bytes(),
            17 or 18 => Bomb(),
            _ => Run(),
        };
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    /// <summary>Something hostile that grows with its size, to see how time grows with it.</summary>
    public (string Small, string Large) Growing()
    {
        var state = random.NextBits();
        return (Grow(new SeededRandom(state), 4_000), Grow(new SeededRandom(state), 32_000));
    }

    private string Grow(SeededRandom fixedRandom, int count)
    {
        var token = fixedRandom.Percent(50) ? fixedRandom.Pick(vocabulary) : fixedRandom.Pick(openings);
        var sample = fixedRandom.Pick(samples);
        var at = fixedRandom.Below(sample.Length + 1);
        var piece = fixedRandom.Below(3) switch
        {
            0 => token,
            1 => token + fixedRandom.Pick(vocabulary),
            _ => token + fixedRandom.Pick(vocabulary) + fixedRandom.Pick(vocabulary),
        };
        return sample.Insert(at, Repeat(piece, count));
    }

    // Tokens without any grammar.
    private string Soup() => string.Join(random.Percent(50) ? " " : "", Enumerable.Range(0, random.Below(200)).Select(_ => random.Pick(vocabulary)));

    // Any UTF-16, halves of pairs included.
    private string CodeUnits()
    {
        var text = new StringBuilder(random.Pick(samples));
        for (var i = random.Between(1, 8); i > 0; i--)
        {
            var unit = random.Below(3) switch { 0 => (char)random.Below(0x80), 1 => (char)random.Between(0xD800, 0xDFFF), _ => (char)random.Below(0x10000) };
            text.Insert(random.Below(text.Length + 1), unit);
        }

        return text.ToString();
    }

    private string Bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(random.Pick(samples));
        for (var i = random.Between(1, 10); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Below(bytes.Length)] = (byte)random.Below(256);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private string Bomb()
    {
        var kind = random.Below(openings.Length);
        var depth = random.Percent(30) ? random.Between(1_000, 30_000) : random.Between(10, 300);
        var sample = random.Pick(samples);
        var at = random.Below(sample.Length + 1);
        var closed = random.Percent(70);
        return sample.Insert(at, Repeat(openings[kind], depth) + random.Pick(vocabulary) + (closed ? Repeat(closings[kind], depth) : ""));
    }

    private string Run()
    {
        var sample = random.Pick(samples);
        return sample.Insert(random.Below(sample.Length + 1), Repeat(random.Pick(vocabulary), random.Between(100, 20_000)));
    }

    private static string Repeat(string piece, int count) =>
        new StringBuilder().Insert(0, piece, Math.Min(count, MaxLength / Math.Max(piece.Length, 1))).ToString();
}
