namespace CoreMLQuant.Validation.Findings;

/// <summary>Where in a model something stands.</summary>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">Function of an ML Program; empty where there is none.</param>
internal readonly record struct Place(string Stage, string Function)
{
    /// <summary>A thing at this place, as findings tell it.</summary>
    /// <param name="kind">What it is, e.g. <c>input</c>, <c>conv</c>; empty for the place itself.</param>
    /// <param name="name">Its name.</param>
    public string Of(string kind = "", string name = "") =>
        ((Stage.Length > 0 ? $"stage '{Stage}' " : string.Empty)
        + (Function.Length > 0 ? $"function '{Function}' " : string.Empty)
        + (name.Length > 0 ? $"{kind} '{name}'" : kind)).TrimEnd();
}
