using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Holds an operation to its signature in the opset of its body.</summary>
internal static class OperationRules
{
    private const string CustomType = "custom_layer";

    // The other half of coreml_update_state in a file; the registry knows only the operation that both halves are written for.
    private const string WriteState = "write_state";

    /// <summary>Checks an operation.</summary>
    public static void Check(ProgramGraph graph, OperationNode operation, string location, FindingList findings)
    {
        // Constants have rules of their own, and are most of all operations; that a type is missing is told with the arguments.
        if (operation.IsConst || operation.Type.Length == 0)
        {
            return;
        }

        int opset = Platform.OpsetNumber(graph.Opset);
        if (operation.Type == CustomType)
        {
            findings.Add(ValidationRule.CustomOperation, location, "the operation is the app's own.");
        }
        else if (FunctionRules.IsKnown(opset) && operation.Type != WriteState)
        {
            if (OperationSignatures.Find(operation.Type, opset) is { } signature)
            {
                new OperationCheck(operation, signature, graph.Opset, location, findings).Run();
            }
            else if (OperationSignatures.IsKnown(operation.Type))
            {
                findings.Add(ValidationRule.OperationNotInOpset, location, $"opset {graph.Opset} has no {operation.Type}.");
            }
            else if (!operation.IsConstexpr)
            {
                // A compressed constant that is not known is told with the constants.
                findings.Add(ValidationRule.UnknownOperation, location, $"'{operation.Type}' is no operation of any known opset.");
            }
        }
    }

    /// <summary>The check of one operation.</summary>
    private readonly record struct OperationCheck(OperationNode Operation, OperationSignature Signature, string Opset, string Location, FindingList Findings)
    {
        public void Run()
        {
            foreach (OperationParameter parameter in Signature.Parameters.Where(IsMissing))
            {
                Findings.Add(ValidationRule.MissingParameter, Location, $"the parameter '{parameter.Name}' is missing.");
            }

            var domains = new Dictionary<string, (string Name, ElementType Type)>();
            foreach ((string name, ValueType? type) in Parameters())
            {
                if (Signature.Parameter(name) is not { } parameter)
                {
                    Findings.Add(ValidationRule.UnknownParameter, Location, $"{Operation.Type} has no parameter '{name}' in opset {Opset}.");
                }
                else
                {
                    CheckType(parameter, MilTypes.ElementTypeOf(type), domains);
                }
            }

            foreach (ValueUse use in Operation.Inputs)
            {
                if (use.Value is { Maker: not ({ IsConst: true } or { IsConstexpr: true }) } && Signature.Parameter(use.Parameter) is { IsConst: true })
                {
                    Findings.Add(ValidationRule.ParameterNotConstant, Location, $"the parameter '{use.Parameter}' is computed ('{use.Value.Name}'); it must be constant.");
                }
            }
        }

        private bool IsMissing(OperationParameter parameter)
        {
            OperationNode operation = Operation;
            return parameter is { IsValue: true, IsOptional: false }
                && !operation.Message.Inputs.ContainsKey(parameter.Name)
                && !operation.Message.Attributes.ContainsKey(parameter.Name);
        }

        // Up to CoreML7 the parameters of compressed constants are attributes; other attributes may be anything.
        private IEnumerable<(string Name, ValueType? Type)> Parameters()
        {
            OperationSignature signature = Signature;
            return Operation.Inputs.Select(use => (use.Parameter, use.Type))
                .Concat(Operation.Message.Attributes.Where(attribute => signature.Parameter(attribute.Key) is { IsValue: true }).Select(attribute => (attribute.Key, (ValueType?)attribute.Value.Type)));
        }

        private void CheckType(OperationParameter parameter, ElementType type, Dictionary<string, (string Name, ElementType Type)> domains)
        {
            if (type == ElementType.Unknown)
            {
                return;
            }

            if (parameter.Types.Count > 0 && !parameter.Types.Contains(MilTypes.Spelling(type)))
            {
                Findings.Add(ValidationRule.ParameterType, Location, $"the parameter '{parameter.Name}' is {MilTypes.Spelling(type)}; opset {Opset} takes {string.Join(", ", parameter.Types)}.");
            }
            else if (parameter.Domain.Length > 0)
            {
                if (!domains.TryGetValue(parameter.Domain, out (string Name, ElementType Type) other))
                {
                    domains.Add(parameter.Domain, (parameter.Name, type));
                }
                else if (other.Type != type)
                {
                    Findings.Add(ValidationRule.ParameterType, Location, $"the parameter '{parameter.Name}' is {MilTypes.Spelling(type)} and '{other.Name}' {MilTypes.Spelling(other.Type)}; they must be the same.");
                }
            }
        }
    }
}
