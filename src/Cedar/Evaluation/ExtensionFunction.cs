using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// What a function of an extension type does. Arguments are of the right kinds; the second is null when there is one. Null when the text
/// given to a constructor is not of its form or a result leaves its range.
/// </summary>
internal delegate Value? ExtensionBody(Value first, Value? second);

/// <summary>A function or method of an extension type; the receiver of a method is its first argument.</summary>
/// <param name="Name">As written.</param>
/// <param name="IsMethod">Whether it is called as <c>a.f(b)</c> rather than <c>f(a)</c>.</param>
/// <param name="ParameterTypes">The kind of each argument, receiver included: one or two.</param>
/// <param name="Body">What it does.</param>
internal sealed record ExtensionFunction(string Name, bool IsMethod, ImmutableArray<string> ParameterTypes, ExtensionBody Body)
{
    /// <summary>All of them. An extension type joins the language by adding its rows here.</summary>
    public static ImmutableArray<ExtensionFunction> All { get; } =
    [
        Constructor("ip", text => IPAddressValue.TryParse(text, out var value) ? value : null),
        Method("isIpv4", "ipaddr", a => Value.Of(!((IPAddressValue)a).IsV6)),
        Method("isIpv6", "ipaddr", a => Value.Of(((IPAddressValue)a).IsV6)),
        Method("isLoopback", "ipaddr", a => Value.Of(((IPAddressValue)a).IsLoopback)),
        Method("isMulticast", "ipaddr", a => Value.Of(((IPAddressValue)a).IsMulticast)),
        Method("isInRange", "ipaddr", "ipaddr", (a, b) => Value.Of(((IPAddressValue)a).IsInRange((IPAddressValue)b!))),
        Constructor("decimal", text => DecimalValue.TryParse(text, out var value) ? value : null),
        Method("lessThan", "decimal", "decimal", (a, b) => Value.Of(Compare(a, b) < 0)),
        Method("lessThanOrEqual", "decimal", "decimal", (a, b) => Value.Of(Compare(a, b) <= 0)),
        Method("greaterThan", "decimal", "decimal", (a, b) => Value.Of(Compare(a, b) > 0)),
        Method("greaterThanOrEqual", "decimal", "decimal", (a, b) => Value.Of(Compare(a, b) >= 0)),
        Constructor("datetime", text => DateTimeValue.TryParse(text, out var value) ? value : null),
        Method("offset", "datetime", "duration", (a, b) => ((DateTimeValue)a).Offset((DurationValue)b!)),
        Method("durationSince", "datetime", "datetime", (a, b) => ((DateTimeValue)a).DurationSince((DateTimeValue)b!)),
        Method("toDate", "datetime", a => ((DateTimeValue)a).ToDate()),
        Method("toTime", "datetime", a => ((DateTimeValue)a).ToTime()),
        Constructor("duration", text => DurationValue.TryParse(text, out var value) ? value : null),
        Method("toMilliseconds", "duration", a => Value.Of(((DurationValue)a).Milliseconds)),
        Method("toSeconds", "duration", a => Value.Of(((DurationValue)a).TotalSeconds)),
        Method("toMinutes", "duration", a => Value.Of(((DurationValue)a).TotalMinutes)),
        Method("toHours", "duration", a => Value.Of(((DurationValue)a).TotalHours)),
        Method("toDays", "duration", a => Value.Of(((DurationValue)a).TotalDays)),
    ];

    /// <summary>The number of arguments, receiver included.</summary>
    public int Arity => ParameterTypes.Length;

    public static ExtensionFunction? Find(string name)
    {
        foreach (var function in All)
        {
            if (function.Name == name)
            {
                return function;
            }
        }

        return null;
    }

    private static ExtensionFunction Constructor(string name, Func<string, Value?> read) =>
        new(name, false, ["string"], (text, _) => read(((StringValue)text).Value));

    private static ExtensionFunction Method(string name, string type, Func<Value, Value?> body) =>
        new(name, true, [type], (receiver, _) => body(receiver));

    private static ExtensionFunction Method(string name, string type, string argumentType, ExtensionBody body) =>
        new(name, true, [type, argumentType], body);

    private static int Compare(Value a, Value? b) => ((DecimalValue)a).TenThousandths.CompareTo(((DecimalValue)b!).TenThousandths);
}
