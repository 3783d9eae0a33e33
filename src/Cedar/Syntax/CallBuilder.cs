using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;

namespace Cedar.Syntax;

/// <summary>
/// Makes calls of functions and methods, and reports names that there are not. How many arguments an extension function is given is not a
/// matter of the grammar: the validator and the evaluator look at that.
/// </summary>
internal sealed class CallBuilder(DiagnosticSink diagnostics)
{
    private static readonly string[] s_methods = ["contains", "containsAll", "containsAny", "isEmpty", "hasTag", "getTag"];

    /// <summary>The call of a function.</summary>
    public Expr.Call MakeFunction(string name, SourceSpan nameSpan, ImmutableArray<Expr> arguments, SourceSpan span)
    {
        var function = ExtensionFunction.Find(name);
        if (function is { IsMethod: true } || s_methods.AsSpan().Contains(name))
        {
            diagnostics.Error(CedarCodes.CallStyle, $"`{name}` is a method, not a function", nameSpan, $"write `x.{name}(…)`");
        }
        else if (function is null)
        {
            diagnostics.Error(
                CedarCodes.UnknownFunction, $"unknown function `{name}`", nameSpan,
                Suggestion.DidYouMean(name, ExtensionFunction.All.Where(f => !f.IsMethod).Select(f => f.Name)));
        }

        return new Expr.Call(name, false, arguments, span);
    }

    /// <summary>The call of a method; <paramref name="target"/> instead of one that cannot be made, after a report.</summary>
    public Expr MakeMethod(Expr target, string name, SourceSpan nameSpan, ImmutableArray<Expr> arguments, SourceSpan span)
    {
        BinaryOperator? operation = name switch
        {
            "contains" => BinaryOperator.Contains,
            "containsAll" => BinaryOperator.ContainsAll,
            "containsAny" => BinaryOperator.ContainsAny,
            "hasTag" => BinaryOperator.HasTag,
            "getTag" => BinaryOperator.GetTag,
            _ => null,
        };
        if (operation is not null || name == "isEmpty")
        {
            var expected = operation is null ? 0 : 1;
            if (arguments.Length != expected)
            {
                var message = $"`{name}` takes {(expected == 0 ? "no argument" : "one argument")}, not {arguments.Length}";
                diagnostics.Error(CedarCodes.ArgumentCount, message, span);
                return target;
            }

            return operation is { } binary ? new Expr.Binary(binary, target, arguments[0], span) : new Expr.Call(name, true, [target], span);
        }

        var function = ExtensionFunction.Find(name);
        if (function is { IsMethod: false })
        {
            diagnostics.Error(CedarCodes.CallStyle, $"`{name}` is a function, not a method", nameSpan, $"write `{name}(…)`");
        }
        else if (function is null)
        {
            var known = s_methods.Concat(ExtensionFunction.All.Where(f => f.IsMethod).Select(f => f.Name));
            diagnostics.Error(CedarCodes.UnknownMethod, $"unknown method `{name}`", nameSpan, Suggestion.DidYouMean(name, known));
        }

        return new Expr.Call(name, true, [target, .. arguments], span);
    }
}
