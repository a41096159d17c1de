using Google.Protobuf;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for ensembles of trees.</summary>
internal static class TreeEnsembles
{
    /// <summary>Checks a regressor.</summary>
    public static void CheckRegressor(StageContext stage) => Check(stage, stage.Stage.Model.TreeEnsembleRegressor, false);

    /// <summary>Checks a classifier.</summary>
    public static void CheckClassifier(StageContext stage) => Check(stage, stage.Stage.Model.TreeEnsembleClassifier, true);

    private static void Check(StageContext stage, ByteString parameters, bool isClassifier)
    {
        string location = stage.Place.Of("parameters");
        using CodedInputStream input = stage.Reader.Open(parameters);
        if (stage.Findings.Read(() => stage.Reader.Parse(() => TreeEnsemble.Read(input), location)) is not { } ensemble)
        {
            return;
        }

        (ulong dimensions, int classes) = (ensemble.Dimensions, ensemble.ClassCount);
        bool isOfClasses = (dimensions == 1 && classes == 2) || (dimensions >= 2 && (ulong)classes == dimensions);
        stage.Require(
            (dimensions > 0, "'numPredictionDimensions' is not set."),
            (ensemble.BaseValueCount == 0 || (ulong)ensemble.BaseValueCount == dimensions, $"there are {ensemble.BaseValueCount} base values for {dimensions} dimensions."),
            (!isClassifier || classes == 0 || isOfClasses, $"there are {classes} classes for {dimensions} dimensions; two classes have one dimension together, more have one each."));
        stage.Problems(ensemble.Nodes.Problems(dimensions));
    }
}
