using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Completers;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that compresses weights, with the parameters that all of them share.</summary>
public abstract class WeightRecipeCommand : CalibratedCommand
{
    /// <summary>What there is to calibrate with, in words.</summary>
    private protected const string CalibrationSource = "calibration data (-InputPath, -InputObject or -StatisticsPath)";

    /// <summary>Compresses only weights with more elements than this.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public long MinimumElementCount { get; set; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>
    /// Raises the opset, and with it the required systems, of models whose opset does not support the encoding. Without it, a model rises to
    /// CoreML6 (iOS 16, macOS 13) at most, because no opset below supports compressed weights; one that needs a newer opset causes an error.
    /// </summary>
    [Parameter]
    public SwitchParameter AllowOpsetUpgrade { get; set; }

    /// <summary>
    /// How values are chosen when there is calibration data. Calibrated: for the smallest error at the output of each layer. RoundToNearest: for the smallest error of each
    /// value, as without data.
    /// </summary>
    [Parameter]
    public CompressionMethod Method { get; set; } = CompressionMethod.Calibrated;

    /// <summary>
    /// Leaves biases unchanged when there is calibration data. Without it, where the errors of a weight cannot be compensated, the bias of its layer is corrected by the mean of
    /// what they change in the output; a layer without a bias gets one.
    /// </summary>
    [Parameter]
    public SwitchParameter NoBiasCorrection { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Refuse(AllowOpsetUpgrade && NoOpsetUpgrade, "-AllowOpsetUpgrade and -NoOpsetUpgrade contradict each other. Specify one of them.");
        base.BeginProcessing();
        Refuse(!HasCalibration && IsGiven(nameof(Method)) && Method == CompressionMethod.Calibrated, $"-Method Calibrated requires {CalibrationSource}.");
        foreach ((string parameter, string reason) in WithoutEffect().Where(idle => IsRequested(idle.Parameter)))
        {
            WriteWarning($"-{parameter} has no effect, because {reason}.");
        }
    }

    /// <summary>Parameters that change nothing beside the others, with the reasons in words that follow "because"; those that the user did not specify may be among them.</summary>
    private protected virtual IEnumerable<(string Parameter, string Reason)> WithoutEffect() =>
        UsesCalibration ? [] : [(nameof(NoBiasCorrection), $"no bias is corrected: that requires {CalibrationSource} and -Method Calibrated")];

    /// <summary>Whether values are chosen by calibration data.</summary>
    private protected virtual bool UsesCalibration => HasCalibration && Method == CompressionMethod.Calibrated;

    /// <summary>Whether the user specified a parameter.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    // A switch that is turned off asks for nothing.
    private bool IsRequested(string parameter) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value is not SwitchParameter { IsPresent: false };

    /// <summary>A recipe with what all of them have in common.</summary>
    private protected WeightRecipe Common(WeightRecipe recipe) =>
        recipe with
        {
            MinimumElementCount = MinimumElementCount,
            AllowOpsetUpgrade = AllowOpsetUpgrade,
            Method = Method,
            BiasCorrection = !NoBiasCorrection,
        };
}
