using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Networks;
using DefaultCase = CoreMLQuant.Specification.Schema.Details.NearestNeighborsDetails.DefaultClassLabelOneofCase;
using IndexCase = CoreMLQuant.Specification.Schema.Details.NearestNeighborsIndexDetails.IndexTypeOneofCase;
using LabelsCase = CoreMLQuant.Specification.Schema.Details.NearestNeighborsDetails.ClassLabelsOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for classifiers by nearest neighbours. They may come without samples, to be given them on a device.</summary>
internal static class NearestNeighbors
{
    /// <summary>Checks a classifier.</summary>
    public static void Check(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.KNearestNeighborsClassifier, NearestNeighborsDetails.Parser) is not { } model)
        {
            return;
        }

        int labels = model.StringClassLabels?.Vector.Count ?? model.Int64ClassLabels?.Vector.Count ?? 0;
        bool areNumbers = model.ClassLabelsCase == LabelsCase.Int64ClassLabels, defaultIsNumber = model.DefaultClassLabelCase == DefaultCase.DefaultInt64Label;
        bool areSet = model.ClassLabelsCase != LabelsCase.None, hasDefault = model.DefaultClassLabelCase != DefaultCase.None;
        stage.Problems(ParameterRules.Check("numberOfNeighbors", model.NumberOfNeighbors ?? new Int64ParameterDetails(), true));
        stage.Require(
            (model.WeightingSchemeCase != NearestNeighborsDetails.WeightingSchemeOneofCase.None, "the weighting scheme is not set; it is uniform or by inverse distance."),
            (!areSet || !hasDefault || areNumbers == defaultIsNumber, "the default label has another type than the labels."),
            (hasDefault || labels > 0, "there are neither labels nor a default label."));
        PredictionRules.CheckClassifier(stage.Description, new ClassLabels(areSet, areSet ? areNumbers : defaultIsNumber, labels), true, stage.Place, stage.Findings);
        CheckIndex(stage, model.NearestNeighborsIndex ?? new NearestNeighborsIndexDetails(), labels);
    }

    private static void CheckIndex(StageContext stage, NearestNeighborsIndexDetails index, int labels) => stage.Require(
        (index.FloatSamples.Count == labels, $"there are {index.FloatSamples.Count} samples and {labels} labels; there is one for each."),
        (index.FloatSamples.All(sample => sample.Vector.Count == index.NumberOfDimensions), $"a sample has another number of values than 'numberOfDimensions' ({index.NumberOfDimensions})."),
        (index.IndexTypeCase != IndexCase.None, "the kind of index is not set; it is linear or a k-d tree."),
        (index.SingleKdTreeIndex is not { LeafSize: <= 0 }, "the tree's leaves have no size; 'leafSize' is positive."),
        (index.SquaredEuclideanDistance is not null, "the distance is not set; it is the squared Euclidean one."));
}
