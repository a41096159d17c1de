namespace CoreMLQuant.Validation.Interfaces;

/// <summary>What a feature is to its model.</summary>
internal enum FeatureKind
{
    /// <summary>Given to the model.</summary>
    Input,

    /// <summary>Given by the model.</summary>
    Output,

    /// <summary>Kept between predictions.</summary>
    State,
}
