using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Ensembles of trees: what the leaves give is added up. Source: the specification's TreeEnsemble.</summary>
internal static class TreeEnsembles
{
    private const int Leaf = 6, SoftmaxTransform = 1, LogitTransform = 2, ReferenceTransform = 3;

    private static readonly Func<double, double, bool>[] Branches =
    [
        (x, value) => x <= value,
        (x, value) => x < value,
        (x, value) => x >= value,
        (x, value) => x > value,
        (x, value) => x == value,
        (x, value) => x != value,
    ];

    /// <summary>Numbers.</summary>
    public static Action<StageFeatures> Regressor(StageContext stage)
    {
        TreeEnsembleModelDetails model = stage.Read(stage.Model.TreeEnsembleRegressor, TreeEnsembleModelDetails.Parser);
        Func<double[], double[]> sums = Sums(model.TreeEnsemble ?? new TreeEnsembleDetails());
        return features => stage.Give(features, Transformed(sums(features.Joined(stage.Inputs)), model.PostEvaluationTransform, isClassifier: false));
    }

    /// <summary>Probabilities.</summary>
    public static Action<StageFeatures> Classifier(StageContext stage)
    {
        TreeEnsembleModelDetails model = stage.Read(stage.Model.TreeEnsembleClassifier, TreeEnsembleModelDetails.Parser);
        string[] labels = StageContext.Labels(model.StringClassLabels, model.Int64ClassLabels);
        bool areNumbers = model.ClassLabelsCase == TreeEnsembleModelDetails.ClassLabelsOneofCase.Int64ClassLabels;
        Func<double[], double[]> sums = Sums(model.TreeEnsemble ?? new TreeEnsembleDetails());
        return features => stage.GiveClass(features, labels, areNumbers, Transformed(sums(features.Joined(stage.Inputs)), model.PostEvaluationTransform, isClassifier: true));
    }

    private static double[] Transformed(double[] sums, int transform, bool isClassifier)
    {
        double[] transformed = transform switch
        {
            SoftmaxTransform => ClassScores.Softmax(sums),
            LogitTransform => sums.Select(ClassScores.Logistic).ToArray(),
            ReferenceTransform => ClassScores.Softmax([0, .. sums]),
            _ => sums,
        };

        // One number of two classes is the probability of the second.
        return isClassifier && transformed.Length == 1 ? [1 - transformed[0], transformed[0]] : transformed;
    }

    private static Func<double[], double[]> Sums(TreeEnsembleDetails ensemble)
    {
        Dictionary<(ulong Tree, ulong Node), TreeNodeDetails> nodes = ensemble.Nodes.GroupBy(node => (node.TreeId, node.NodeId)).ToDictionary(group => group.Key, group => group.First());
        var children = new HashSet<(ulong, ulong)>(ensemble.Nodes.Where(node => node.NodeBehavior != Leaf)
            .SelectMany(node => new[] { (node.TreeId, node.TrueChildNodeId), (node.TreeId, node.FalseChildNodeId) }));
        TreeNodeDetails[] roots = nodes.Where(pair => !children.Contains(pair.Key)).Select(pair => pair.Value).ToArray();
        int dimensions = checked((int)Math.Max(1, Math.Min(ensemble.NumPredictionDimensions, int.MaxValue)));
        if (ensemble.Nodes.Any(node => node.NodeBehavior is < 0 or > Leaf) || dimensions > 1 << 20)
        {
            throw new NotTranslatableException("a branch of it is of a kind that is not known, or it has too many dimensions.");
        }

        return x =>
        {
            double[] sums = Enumerable.Range(0, dimensions).Select(i => i < ensemble.BasePredictionValue.Count ? ensemble.BasePredictionValue[i] : 0).ToArray();
            foreach (TreeNodeDetails root in roots)
            {
                foreach (EvaluationDetails evaluation in LeafOf(root, x).EvaluationInfo)
                {
                    if (evaluation.EvaluationIndex < (ulong)dimensions)
                    {
                        sums[(int)evaluation.EvaluationIndex] += evaluation.EvaluationValue;
                    }
                }
            }

            return sums;
        };

        TreeNodeDetails LeafOf(TreeNodeDetails root, double[] x)
        {
            TreeNodeDetails node = root;
            for (int steps = 0; node.NodeBehavior != Leaf; steps++)
            {
                double feature = node.BranchFeatureIndex < (ulong)x.Length
                    ? x[(int)node.BranchFeatureIndex]
                    : throw new StageException($"a tree asks for the number {node.BranchFeatureIndex} of {x.Length}.");
                bool isTrue = double.IsNaN(feature) ? node.MissingValueTracksTrueChild : Branches[node.NodeBehavior](feature, node.BranchFeatureValue);
                (ulong, ulong) next = (node.TreeId, isTrue ? node.TrueChildNodeId : node.FalseChildNodeId);

                // A tree is no deeper than it has nodes.
                node = steps < nodes.Count && nodes.TryGetValue(next, out TreeNodeDetails? child) ? child : throw new StageException("a branch of a tree leads nowhere.");
            }

            return node;
        }
    }
}
