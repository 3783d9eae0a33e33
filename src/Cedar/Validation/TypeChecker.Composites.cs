using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <content>Sets, records and functions.</content>
internal sealed partial class TypeChecker
{
    private StaticType.Set? CheckSet(Expr.Set set, ImmutableHashSet<string> known)
    {
        if (set.Elements.IsEmpty)
        {
            findings.Error(CedarCodes.EmptySet, set.Span, "the type of the elements of an empty set literal is not known", "use `isEmpty` to test for the empty set");
            return null;
        }

        StaticType? joined = null;
        var isWhole = true;
        foreach (var element in set.Elements)
        {
            var type = Check(element, known).Type;
            if (type is null || !isWhole)
            {
                isWhole = false;
                continue;
            }

            var next = joined is null ? type : types.Join(joined, type);
            if (next is null)
            {
                Incompatible(set, "the elements of the set have", joined!, type);
                isWhole = false;
            }

            joined = next;
        }

        return isWhole && joined is not null ? new StaticType.Set(joined) : null;
    }

    private StaticType.Record? CheckRecord(Expr.Record record, ImmutableHashSet<string> known)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, StaticAttribute>(StringComparer.Ordinal);
        var isWhole = true;
        foreach (var (name, value) in record.Fields)
        {
            var type = Check(value, known).Type;
            if (type is null)
            {
                isWhole = false;
            }
            else
            {
                builder[name] = new StaticAttribute(type, isRequired: true);
            }
        }

        return isWhole ? new StaticType.Record(builder.ToImmutable()) : null;
    }

    private StaticType? CheckCall(Expr.Call call, ImmutableHashSet<string> known)
    {
        if (call.Function == "isEmpty")
        {
            var set = Check(call.Arguments[0], known).Type;
            if (set is not (null or StaticType.Set))
            {
                Mismatch(call.Arguments[0], "Set", set);
            }

            return StaticType.Bool;
        }

        if (ExtensionFunction.Find(call.Function) is not { } function)
        {
            findings.Error(CedarCodes.UnknownFunction, call.Span, $"unknown function `{call.Function}`");
            return null;
        }

        if (function.Arity != call.Arguments.Length)
        {
            ReportCount(call, function);
            return ResultOf(function);
        }

        for (var i = 0; i < call.Arguments.Length; i++)
        {
            CheckArgument(call.Arguments[i], function.ParameterTypes[i], known);
        }

        if (function is { IsMethod: false } && call.Arguments[0] is var text)
        {
            CheckConstructor(call, function, text);
        }

        return ResultOf(function);
    }

    private void ReportCount(Expr.Call call, ExtensionFunction function)
    {
        // The receiver of a method is not written among its arguments.
        var receivers = function.IsMethod ? 1 : 0;
        var expected = function.Arity - receivers;
        findings.Error(
            CedarCodes.ArgumentCount, call.Span,
            $"`{call.Function}` takes {expected} argument{(expected == 1 ? "" : "s")}, found {call.Arguments.Length - receivers}");
    }

    private void CheckArgument(Expr argument, string parameter, ImmutableHashSet<string> known)
    {
        var type = Check(argument, known).Type;
        var fits = parameter == "string"
            ? ReferenceEquals(type, StaticType.String)
            : type is StaticType.Extension extension && extension.Name == parameter;
        if (type is not null && !fits)
        {
            Mismatch(argument, parameter == "string" ? "String" : parameter, type);
        }
    }

    private void CheckConstructor(Expr.Call call, ExtensionFunction function, Expr text)
    {
        if (text is not Expr.Literal literal)
        {
            findings.Error(CedarCodes.ConstructorLiteral, text.Span, $"`{call.Function}` takes a string literal, so that its form is known to be right");
        }
        else if (literal.Value is StringValue && function.Body(literal.Value, null) is null)
        {
            findings.Error(CedarCodes.ConstructorText, text.Span, $"`{literal.Value}` is not of the form that `{call.Function}` reads");
        }
    }

    private static StaticType ResultOf(ExtensionFunction function) => function.Name switch
    {
        "ip" => s_ip,
        "decimal" => s_decimal,
        "datetime" or "offset" or "toDate" => s_datetime,
        "duration" or "durationSince" or "toTime" => s_duration,
        "toMilliseconds" or "toSeconds" or "toMinutes" or "toHours" or "toDays" => StaticType.Long,
        _ => StaticType.Bool,
    };

    private static readonly StaticType s_ip = new StaticType.Extension("ipaddr");
    private static readonly StaticType s_decimal = new StaticType.Extension("decimal");
    private static readonly StaticType s_datetime = new StaticType.Extension("datetime");
    private static readonly StaticType s_duration = new StaticType.Extension("duration");
}
