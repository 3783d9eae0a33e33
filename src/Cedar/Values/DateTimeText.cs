using System.Globalization;

namespace Cedar.Values;

/// <summary>The literal form of instants. The platform's reader is not used: its calendar starts at year 1 and Cedar's at year 0.</summary>
internal static class DateTimeText
{
    private const int DaysTo1970 = 719_528;
    private const int DaysPer400Years = 146_097;
    private const int LastYear = 9999;

    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || !TryReadDate(text[..10], out var day))
        {
            return false;
        }

        milliseconds = day * DateTimeValue.MillisecondsPerDay;
        text = text[10..];
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.Length < 9 || !TryReadTime(text[..9], out var time))
        {
            return false;
        }

        text = text[9..];
        var fraction = 0;
        if (text.StartsWith('.'))
        {
            if (text.Length < 4 || !TryReadDigits(text[1..4], out fraction))
            {
                return false;
            }

            text = text[4..];
        }

        if (!TryReadOffset(text, out var offset))
        {
            return false;
        }

        milliseconds += time + fraction - offset;
        return true;
    }

    /// <summary>The literal of a time of a day counted from 1970-01-01; null outside of the years 0000 to 9999.</summary>
    public static string? Format(long day, long time)
    {
        if (day < -DaysTo1970 || day >= DaysBefore(LastYear + 1) - DaysTo1970)
        {
            return null;
        }

        var (year, month, dayOfMonth) = ToDate((int)day + DaysTo1970);
        var date = string.Create(CultureInfo.InvariantCulture, $"{year:D4}-{month:D2}-{dayOfMonth:D2}");
        if (time == 0)
        {
            return date;
        }

        var (hours, minutes, seconds, milliseconds) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60, time % 1000);
        var fraction = milliseconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{milliseconds:D3}");
        return string.Create(CultureInfo.InvariantCulture, $"{date}T{hours:D2}:{minutes:D2}:{seconds:D2}{fraction}Z");
    }

    private static bool TryReadDate(ReadOnlySpan<char> text, out long day)
    {
        day = 0;
        if (!TryReadDigits(text[..4], out var year) || text[4] != '-' || !TryReadDigits(text[5..7], out var month) || text[7] != '-'
            || !TryReadDigits(text[8..10], out var dayOfMonth)
            || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > DaysOf(year, month))
        {
            return false;
        }

        day = DaysBefore(year) + dayOfMonth - 1 - DaysTo1970;
        for (var before = 1; before < month; before++)
        {
            day += DaysOf(year, before);
        }

        return true;
    }

    /// <summary>Reads <c>Thh:mm:ss</c>.</summary>
    private static bool TryReadTime(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text[0] != 'T' || !TryReadDigits(text[1..3], out var hours) || text[3] != ':' || !TryReadDigits(text[4..6], out var minutes)
            || text[6] != ':' || !TryReadDigits(text[7..9], out var seconds)
            || hours > 23 || minutes > 59 || seconds > 59)
        {
            return false;
        }

        milliseconds = ((((hours * 60L) + minutes) * 60) + seconds) * 1000;
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length != 5 || text[0] is not ('+' or '-') || !TryReadDigits(text[1..3], out var hours)
            || !TryReadDigits(text[3..5], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        milliseconds = ((hours * 60L) + minutes) * 60_000;
        milliseconds = text[0] == '-' ? -milliseconds : milliseconds;
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return true;
    }

    private static bool IsLeap(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static int DaysOf(int year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>The days from 0000-01-01 to the first of January of a year.</summary>
    private static int DaysBefore(int year) => (365 * year) + ((year + 3) / 4) - ((year + 99) / 100) + ((year + 399) / 400);

    private static (int Year, int Month, int Day) ToDate(int days)
    {
        var year = (int)((long)days * 400 / DaysPer400Years);
        while (DaysBefore(year + 1) <= days)
        {
            year++;
        }

        while (DaysBefore(year) > days)
        {
            year--;
        }

        var rest = days - DaysBefore(year);
        var month = 1;
        while (rest >= DaysOf(year, month))
        {
            rest -= DaysOf(year, month++);
        }

        return (year, month, rest + 1);
    }
}
