using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cedar.Values;

/// <summary>
/// A decimal with four fractional digits, from -922337203685477.5808 to 922337203685477.5807 (Cedar spec, "decimal").
/// </summary>
/// <param name="TenThousandths">The number times 10,000.</param>
public sealed record DecimalValue(long TenThousandths) : ExtensionValue
{
    private const long Scale = 10_000;
    private const int FractionDigits = 4;

    internal override string TypeName => "decimal";

    /// <summary>Reads <c>-?digits.digits</c> with one to four digits after the point; false also when out of range.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DecimalValue? value)
    {
        value = null;
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith('-');
        rest = isNegative ? rest[1..] : rest;
        var point = rest.IndexOf('.');
        if (point < 1 || rest.Length - point - 1 is < 1 or > FractionDigits)
        {
            return false;
        }

        Int128 scaled = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            if (i == point)
            {
                continue;
            }

            if (!char.IsAsciiDigit(rest[i]))
            {
                return false;
            }

            scaled = (scaled * 10) + (rest[i] - '0');
            if (scaled > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        for (var i = rest.Length - point - 1; i < FractionDigits; i++)
        {
            scaled *= 10;
        }

        scaled = isNegative ? -scaled : scaled;
        if (scaled < long.MinValue || scaled > long.MaxValue)
        {
            return false;
        }

        value = new DecimalValue((long)scaled);
        return true;
    }

    /// <summary>The number as <see cref="TryParse"/> reads it, without needless zeros.</summary>
    public string ToPlainString()
    {
        var magnitude = UInt128.CreateChecked(Int128.Abs(TenThousandths));
        var fraction = ((int)(magnitude % Scale)).ToString("D4", CultureInfo.InvariantCulture).TrimEnd('0');
        return $"{(TenThousandths < 0 ? "-" : "")}{magnitude / Scale}.{(fraction.Length == 0 ? "0" : fraction)}";
    }

    internal override void Write(StringBuilder builder) => builder.Append("decimal(\"").Append(ToPlainString()).Append("\")");
}
