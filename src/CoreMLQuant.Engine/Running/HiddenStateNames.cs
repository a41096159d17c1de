namespace CoreMLQuant.Running;

/// <summary>
/// Names of values that no model has a name for: the hidden states before each step of a recurrent operation, [length, batch, hidden], which its weights of the hidden state are multiplied with.
/// </summary>
public static class HiddenStateNames
{
    /// <summary>The name.</summary>
    /// <param name="operation">The operation or layer.</param>
    /// <param name="isBackward">Whether they are those of the second direction of one that runs both ways.</param>
    public static string Of(string operation, bool isBackward) => isBackward ? $"{operation}: hidden states, backward" : $"{operation}: hidden states";
}
