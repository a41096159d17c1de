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

    /// <summary>The hidden states that the reset gate of a GRU has scaled.</summary>
    ResetHiddenStates,

    /// <summary>The hidden states of all gates of a GRU, one of which meets scaled ones.</summary>
    HiddenStatesOfGates,
}
