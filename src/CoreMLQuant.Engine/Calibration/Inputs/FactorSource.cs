namespace CoreMLQuant.Calibration.Inputs;

/// <summary>Where the other factor of a weight is.</summary>
internal enum FactorSource
{
    /// <summary>At a parameter of the operation.</summary>
    Parameter,

    /// <summary>The hidden states of the operation.</summary>
    HiddenStates,

    /// <summary>The hidden states of its second direction.</summary>
    BackwardHiddenStates,

    /// <summary>Hidden states that a reset gate has scaled, which no running model gives.</summary>
    ResetHiddenStates,
}
