// Validates the files named on standard input with HAPI FHIR; prints as validate_files.cc does.

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

public class ValidateFiles {
  public static void main(String[] args) throws Exception {
    FhirContext context = FhirContext.forR4();
    UnknownCodeSystemWarningValidationSupport unknown =
        new UnknownCodeSystemWarningValidationSupport(context);
    ValidationSupportChain support = new ValidationSupportChain(
        new DefaultProfileValidationSupport(context), new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context), unknown);
    FhirInstanceValidator instances = new FhirInstanceValidator(support);
    instances.setAnyExtensionsAllowed(true);
    instances.setErrorForUnknownProfiles(false);
    FhirValidator validator = context.newValidator().registerValidatorModule(instances);
    BufferedReader names = new BufferedReader(new InputStreamReader(System.in));
    for (String name = names.readLine(); name != null; name = names.readLine()) {
      boolean valid = true;
      try {
        for (SingleValidationMessage message :
            validator.validateWithResult(Files.readString(Path.of(name))).getMessages()) {
          if (message.getSeverity() != ResultSeverityEnum.ERROR
              && message.getSeverity() != ResultSeverityEnum.FATAL) continue;
          valid = false;
          System.out.println(name + "\terror\t" + message.getMessageId() + "\t"
              + message.getLocationString() + "\t" + message.getMessage().replaceAll("\\s+", " "));
        }
      } catch (Exception failure) {
        valid = false;
        System.out.println(name + "\terror\tread\t\t" + failure.getClass().getSimpleName());
      }
      if (valid) System.out.println(name + "\tok");
    }
  }
}
