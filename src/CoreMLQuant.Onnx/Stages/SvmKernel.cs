using System;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>The kernel of a support vector machine with its vectors.</summary>
/// <param name="vectors">The vectors; places that one does not have are 0.</param>
/// <param name="function">The kernel.</param>
internal sealed class SvmKernel(double[][] vectors, Func<double[], double[], double> function)
{
    /// <summary>Reads a kernel.</summary>
    /// <exception cref="NotTranslatableException">It has no vectors, or its kind is not known.</exception>
    public static SvmKernel Of(KernelDetails? kernel, SparseVectorsDetails? sparse, DenseVectorsDetails? dense)
    {
        double[][] vectors = dense?.Vectors.Select(vector => vector.Values.ToArray()).ToArray()
            ?? sparse?.Vectors.Select(Spread).ToArray()
            ?? throw new NotTranslatableException("it has no support vectors.");
        return new SvmKernel(vectors, kernel?.KernelCase switch
        {
            KernelDetails.KernelOneofCase.LinearKernel => Dot,
            KernelDetails.KernelOneofCase.RbfKernel => (x, y) => Math.Exp(-kernel.RbfKernel.Gamma * (Dot(x, x) + Dot(y, y) - (2 * Dot(x, y)))),
            KernelDetails.KernelOneofCase.PolyKernel => (x, y) => Math.Pow((kernel.PolyKernel.Gamma * Dot(x, y)) + kernel.PolyKernel.C, kernel.PolyKernel.Degree),
            KernelDetails.KernelOneofCase.SigmoidKernel => (x, y) => Math.Tanh((kernel.SigmoidKernel.Gamma * Dot(x, y)) + kernel.SigmoidKernel.C),
            _ => throw new NotTranslatableException("its kernel is not known."),
        });
    }

    /// <summary>The kernel of a vector and each support vector.</summary>
    public double[] Values(double[] x) => vectors.Select(vector => function(x, vector)).ToArray();

    private static double[] Spread(SparseVectorDetails vector)
    {
        const int MaximumLength = 1 << 24;
        int length = vector.Nodes.Select(node => node.Index).DefaultIfEmpty().Max();
        if (length > MaximumLength || vector.Nodes.Any(node => node.Index < 1))
        {
            throw new NotTranslatableException("a support vector has a place that is not 1 to 16777216.");
        }

        double[] values = new double[length];
        foreach (SparseNodeDetails node in vector.Nodes)
        {
            values[node.Index - 1] = node.Value;
        }

        return values;
    }

    private static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < Math.Min(x.Length, y.Length); i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
