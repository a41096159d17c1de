using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Support vector machines, as LIBSVM defines them. Source: the specification's SVM; Wu, Lin and Weng 2004 for several classes.</summary>
internal static class SupportVectorMachines
{
    /// <summary>The sum of the kernels, less rho.</summary>
    public static Action<StageFeatures> Regressor(StageContext stage)
    {
        SvmRegressorParameters machine = stage.Read(stage.Model.SupportVectorRegressor, SvmRegressorParameters.Parser);
        var kernel = SvmKernel.Of(machine.Kernel, machine.SparseSupportVectors, machine.DenseSupportVectors);
        double[] alphas = machine.Coefficients?.Alpha.ToArray() ?? [];
        return features =>
        {
            double[] values = kernel.Values(features.Joined(stage.Inputs));
            stage.Give(features, [values.Zip(alphas, (value, alpha) => value * alpha).Sum() - machine.Rho]);
        };
    }

    /// <summary>Each pair of classes decides; where the model can tell probabilities they are coupled, otherwise the most votes win.</summary>
    public static Action<StageFeatures> Classifier(StageContext stage)
    {
        SvmClassifierParameters machine = stage.Read(stage.Model.SupportVectorClassifier, SvmClassifierParameters.Parser);
        string[] labels = StageContext.Labels(machine.StringClassLabels, machine.Int64ClassLabels);
        bool areNumbers = machine.ClassLabelsCase == SvmClassifierParameters.ClassLabelsOneofCase.Int64ClassLabels;
        var kernel = SvmKernel.Of(machine.Kernel, machine.SparseSupportVectors, machine.DenseSupportVectors);
        int[] counts = machine.NumberOfSupportVectorsPerClass.ToArray();
        double[][] alphas = machine.Coefficients.Select(row => row.Alpha.ToArray()).ToArray();
        int pairs = counts.Length * (counts.Length - 1) / 2;
        bool tellsProbabilities = machine.ProbA.Count == pairs && machine.ProbB.Count == pairs && pairs > 0;
        if (machine.Rho.Count != pairs || labels.Length != counts.Length || alphas.Length != counts.Length - 1 || alphas.Any(row => row.Length != counts.Sum()))
        {
            throw new NotTranslatableException("its classes, coefficients and offsets do not fit each other.");
        }

        if (!tellsProbabilities && stage.Description.PredictedProbabilitiesName.Length > 0)
        {
            throw new NotTranslatableException("it is to tell probabilities and has no numbers to make them of.");
        }

        return features =>
        {
            double[] values = kernel.Values(features.Joined(stage.Inputs));
            double[] decisions = Decisions(values, counts, alphas, machine.Rho);
            stage.GiveClass(features, labels, areNumbers, tellsProbabilities
                ? Coupled(counts.Length, decisions.Select((decision, pair) => ClassScores.Logistic(-((machine.ProbA[pair] * decision) + machine.ProbB[pair]))).ToArray())
                : Votes(counts.Length, decisions));
        };
    }

    // The vectors of class i against class j have their coefficients in row j - 1, those of class j in row i.
    private static double[] Decisions(double[] values, int[] counts, double[][] alphas, IReadOnlyList<double> rho)
    {
        int[] starts = counts.Select((_, i) => counts.Take(i).Sum()).ToArray();
        return Pairs(counts.Length)
            .Select((pair, index) => Sum(pair.One, alphas[pair.Other - 1]) + Sum(pair.Other, alphas[pair.One]) - rho[index]).ToArray();

        double Sum(int one, double[] row) => Enumerable.Range(starts[one], counts[one]).Sum(i => row[i] * values[i]);
    }

    private static double[] Votes(int classes, double[] decisions)
    {
        double[] votes = new double[classes];
        int index = 0;
        foreach ((int one, int other) in Pairs(classes))
        {
            votes[decisions[index++] > 0 ? one : other]++;
        }

        return ClassScores.Shares(votes);
    }

    // Probabilities of all classes that agree best with those of the pairs.
    private static double[] Coupled(int classes, double[] pairwise)
    {
        const double Least = 1e-7, Tolerance = 0.005;
        const int MinimumRounds = 100;
        double[,] r = new double[classes, classes];
        int index = 0;
        foreach ((int one, int other) in Pairs(classes))
        {
            r[one, other] = Math.Min(Math.Max(pairwise[index++], Least), 1 - Least);
            r[other, one] = 1 - r[one, other];
        }

        if (classes == 2)
        {
            return [r[0, 1], r[1, 0]];
        }

        double[] p = Enumerable.Repeat(1.0 / classes, classes).ToArray();
        for (int round = 0; round < Math.Max(MinimumRounds, classes); round++)
        {
            double[] product = Enumerable.Range(0, classes).Select(t => Enumerable.Range(0, classes).Sum(j => Q(t, j) * p[j])).ToArray();
            double whole = product.Zip(p, (q, share) => q * share).Sum();
            if (product.Max(q => Math.Abs(q - whole)) < Tolerance / classes)
            {
                break;
            }

            for (int t = 0; t < classes; t++)
            {
                double step = (whole - product[t]) / Q(t, t);
                p[t] += step;
                whole = (whole + (step * ((step * Q(t, t)) + (2 * product[t])))) / ((1 + step) * (1 + step));
                for (int j = 0; j < classes; j++)
                {
                    product[j] = (product[j] + (step * Q(t, j))) / (1 + step);
                    p[j] /= 1 + step;
                }
            }
        }

        return p;

        double Q(int t, int j) => t == j ? Enumerable.Range(0, classes).Where(i => i != t).Sum(i => r[i, t] * r[i, t]) : -r[j, t] * r[t, j];
    }

    private static IEnumerable<(int One, int Other)> Pairs(int classes) =>
        Enumerable.Range(0, classes).SelectMany(one => Enumerable.Range(one + 1, classes - one - 1).Select(other => (one, other)));
}
