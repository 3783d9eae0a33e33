using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cedar.Values;

/// <summary>A length of time, <c>duration("1d2h")</c>, positive or negative (Cedar spec, "duration").</summary>
/// <param name="Milliseconds">Any 64-bit number.</param>
public sealed record DurationValue(long Milliseconds) : ExtensionValue
{
    internal override string TypeName => "duration";

    /// <summary>Whole seconds; the fraction is dropped, also of a negative duration.</summary>
    public long TotalSeconds => Milliseconds / 1000;

    /// <summary>Whole minutes; the fraction is dropped.</summary>
    public long TotalMinutes => Milliseconds / 60_000;

    /// <summary>Whole hours; the fraction is dropped.</summary>
    public long TotalHours => Milliseconds / 3_600_000;

    /// <summary>Whole days of 24 hours; the fraction is dropped.</summary>
    public long TotalDays => Milliseconds / DateTimeValue.MillisecondsPerDay;

    /// <summary>
    /// Reads an optional <c>-</c> and numbers with the units <c>d</c>, <c>h</c>, <c>m</c>, <c>s</c>, <c>ms</c>, each at most once, in this
    /// order and at least one; false also when the whole leaves 64 bits.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DurationValue? value)
    {
        value = null;
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith('-');
        rest = isNegative ? rest[1..] : rest;
        Int128 total = 0;
        var lastUnit = long.MaxValue;
        do
        {
            if (!TryReadPart(ref rest, out var number, out var unit) || unit >= lastUnit)
            {
                return false;
            }

            lastUnit = unit;
            total += (Int128)number * unit;
        }
        while (!rest.IsEmpty);

        total = isNegative ? -total : total;
        if (total < long.MinValue || total > long.MaxValue)
        {
            return false;
        }

        value = new DurationValue((long)total);
        return true;
    }

    /// <summary>The duration as <see cref="TryParse"/> reads it, in milliseconds.</summary>
    public string ToPlainString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}ms");

    internal override void Write(StringBuilder builder) => builder.Append("duration(\"").Append(ToPlainString()).Append("\")");

    private static bool TryReadPart(ref ReadOnlySpan<char> text, out ulong number, out long unit)
    {
        unit = 0;
        number = 0;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 1 || !ulong.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        text = text[digits..];
        var length = text.StartsWith("ms", StringComparison.Ordinal) ? 2 : 1;
        unit = length == 2 ? 1 : text[0] switch
        {
            'd' => DateTimeValue.MillisecondsPerDay,
            'h' => 3_600_000,
            'm' => 60_000,
            's' => 1000,
            _ => 0,
        };
        text = text[length..];
        return unit > 0;
    }
}
