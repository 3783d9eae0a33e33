using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cedar.Values;

/// <summary>An instant, <c>datetime("2024-10-15T11:35:00Z")</c>, to the millisecond (Cedar spec, "datetime").</summary>
/// <param name="Milliseconds">
/// Milliseconds since 1970-01-01T00:00:00Z without leap seconds, any 64-bit number. Only instants of the years 0000 to 9999 have a literal;
/// others come from <c>offset</c>.
/// </param>
public sealed record DateTimeValue(long Milliseconds) : ExtensionValue
{
    internal const long MillisecondsPerDay = 86_400_000;

    internal override string TypeName => "datetime";

    /// <summary>
    /// Reads <c>YYYY-MM-DD</c> or <c>YYYY-MM-DDThh:mm:ss</c> with optional <c>.SSS</c> and then <c>Z</c> or <c>+hhmm</c> or <c>-hhmm</c>
    /// (offset below 24 hours) of the proleptic Gregorian calendar; false for anything else, also for dates and times that do not exist.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DateTimeValue? value)
    {
        value = DateTimeText.TryParse(text, out var milliseconds) ? new DateTimeValue(milliseconds) : null;
        return value is not null;
    }

    /// <summary>This instant later by a duration (earlier when it is negative); null when that leaves 64 bits.</summary>
    public DateTimeValue? Offset(DurationValue duration) => Fit((Int128)Milliseconds + duration.Milliseconds) is { } sum ? new(sum) : null;

    /// <summary>The time from another instant to this one; null when that leaves 64 bits.</summary>
    public DurationValue? DurationSince(DateTimeValue other) =>
        Fit((Int128)Milliseconds - other.Milliseconds) is { } difference ? new(difference) : null;

    /// <summary>The start of the day (UTC) of this instant; null when that leaves 64 bits.</summary>
    public DateTimeValue? ToDate() => Fit((Int128)Milliseconds - TimeOfDay) is { } day ? new(day) : null;

    /// <summary>The time passed since the start of the day (UTC): from 0 to 24 hours less a millisecond.</summary>
    public DurationValue ToTime() => new(TimeOfDay);

    /// <summary>The instant as <see cref="TryParse"/> reads it; null when it has no literal.</summary>
    public string? ToPlainString()
    {
        var day = (long)(((Int128)Milliseconds - TimeOfDay) / MillisecondsPerDay);
        return DateTimeText.Format(day, TimeOfDay);
    }

    internal override void Write(StringBuilder builder)
    {
        if (ToPlainString() is { } text)
        {
            builder.Append("datetime(\"").Append(text).Append("\")");
            return;
        }

        builder.Append("datetime(\"1970-01-01\").offset(duration(\"").Append(CultureInfo.InvariantCulture, $"{Milliseconds}ms").Append("\"))");
    }

    private long TimeOfDay => ((Milliseconds % MillisecondsPerDay) + MillisecondsPerDay) % MillisecondsPerDay;

    private static long? Fit(Int128 exact) => exact >= long.MinValue && exact <= long.MaxValue ? (long)exact : null;
}
