using Cedar.Diagnostics;
using Cedar.Syntax;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>Reports annotations whose meaning this build does not carry out: a statement must not do something other than it says.</summary>
internal static class AnnotationCheck
{
    private static readonly string[] s_names = ["id", "reason", "mode", "ask", "log", "label"];

    public static void Check(CedarPolicy policy, DiagnosticBag diagnostics)
    {
        foreach (var annotation in policy.Annotations)
        {
            switch (annotation.Name)
            {
                case "id" or "reason":
                    break;
                case "mode" when annotation.Value is "enforce":
                    break;
                case "mode" when annotation.Value is not ("shadow" or "record"):
                    diagnostics.Error(
                        LeashCodes.UnknownAnnotation, $"unknown mode `{annotation.Value}`",
                        Suggestion.DidYouMean(annotation.Value, ["enforce", "shadow", "record"]) ?? "a statement's mode is `enforce`",
                        annotation.Span, policy.Source);
                    break;
                case "mode" or "ask" or "label":
                    diagnostics.Error(
                        LeashCodes.UnsupportedAnnotation, $"this build does not carry out `@{annotation.Name}`",
                        annotation.Name == "mode" ? "the mode of a whole session is chosen with `--mode`" : "remove it", annotation.Span, policy.Source);
                    break;
                case "log":
                    diagnostics.Warn(
                        LeashCodes.UnsupportedAnnotation, "this build does not carry out `@log`; everything is logged as usual", null,
                        annotation.Span, policy.Source);
                    break;
                default:
                    CheckUnknown(annotation, policy, diagnostics);
                    break;
            }
        }
    }

    /// <summary>Annotations of other tools are theirs; a misspelt one of ours is not.</summary>
    private static void CheckUnknown(Annotation annotation, CedarPolicy policy, DiagnosticBag diagnostics)
    {
        if (Suggestion.DidYouMean(annotation.Name, s_names) is { } help)
        {
            diagnostics.Warn(
                LeashCodes.UnknownAnnotation, $"unknown annotation `@{annotation.Name}`", help, annotation.Span, policy.Source);
        }
    }
}
