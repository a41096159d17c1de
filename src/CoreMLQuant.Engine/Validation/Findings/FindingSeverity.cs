namespace CoreMLQuant.Validation.Findings;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Breaks a rule: Core ML does not load the model, or loads another one than was meant.</summary>
    Error,

    /// <summary>Breaks no rule, and is known to go wrong or slow somewhere.</summary>
    Warning,

    /// <summary>Good to know.</summary>
    Information,
}
