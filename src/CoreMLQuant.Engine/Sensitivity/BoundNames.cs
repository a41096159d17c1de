using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity;

/// <summary>What the bounds on outputs are called where the user specifies them.</summary>
/// <param name="Snr">That on the signal-to-noise ratio.</param>
/// <param name="Agreement">That on the agreement of classes.</param>
public sealed record BoundNames(string Snr, string Agreement)
{
    /// <summary>Parameters.</summary>
    public static readonly BoundNames Parameters = new("-MinimumOutputSnr", "-MinimumAgreement");

    /// <summary>Parameters of the cmdlet whose bounds activations are quantized for, told by another one.</summary>
    public static readonly BoundNames QuantizedModelParameters = Parameters with { Place = " of ConvertTo-QuantizedModel -ActivationBitWidth 8" };

    /// <summary>Keys of a recipe.</summary>
    public static readonly BoundNames Keys = new("minimum_output_snr", "minimum_agreement") { Place = " of activations in the recipe" };

    /// <summary>Where they are specified, with a space in front; empty where their names say so.</summary>
    public string Place { get; init; } = string.Empty;

    /// <summary>Those that a model can be held to.</summary>
    /// <param name="outputs">What was measured of its outputs.</param>
    internal string For(OutputFidelity outputs) => (outputs.Agreement is null ? Snr : $"{Snr} or {Agreement}") + Place;
}
