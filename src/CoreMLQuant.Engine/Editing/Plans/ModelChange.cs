namespace CoreMLQuant.Editing.Plans;

/// <summary>One change of a model.</summary>
/// <param name="What">What changes, e.g. <c>input name</c>.</param>
/// <param name="Where">The stage, function or feature that it belongs to; empty for the model itself.</param>
/// <param name="From">What it is; empty for what is added.</param>
/// <param name="To">What it will be; empty for what is removed.</param>
public sealed record ModelChange(string What, string Where, string From, string To)
{
    /// <summary>The change in one line.</summary>
    public override string ToString() => $"{What}{(Where.Length > 0 ? $" ({Where})" : string.Empty)}: {Shown(From)} -> {Shown(To)}";

    private static string Shown(string text) => text.Length > 0 ? text : "(none)";
}
